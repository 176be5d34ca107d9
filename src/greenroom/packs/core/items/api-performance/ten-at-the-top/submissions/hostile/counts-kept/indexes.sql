CREATE TABLE counts AS SELECT team, count(*) AS n FROM tasks WHERE state = 'open' GROUP BY team;
CREATE TRIGGER counted AFTER INSERT ON tasks BEGIN UPDATE counts SET n = n + 1 WHERE team = new.team; END;
