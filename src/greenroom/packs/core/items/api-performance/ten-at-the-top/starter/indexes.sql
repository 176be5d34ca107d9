CREATE INDEX tasks_team_due ON tasks (team, due);
