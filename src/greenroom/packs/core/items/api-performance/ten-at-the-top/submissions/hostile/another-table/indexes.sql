ALTER TABLE tasks RENAME TO old;
CREATE TABLE tasks AS SELECT * FROM old WHERE state = 'open';
CREATE INDEX tasks_team ON tasks (team, priority DESC, due);
