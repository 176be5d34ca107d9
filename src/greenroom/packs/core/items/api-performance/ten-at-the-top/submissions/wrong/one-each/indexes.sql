CREATE INDEX tasks_team ON tasks (team);
CREATE INDEX tasks_state ON tasks (state);
CREATE INDEX tasks_priority ON tasks (priority);
CREATE INDEX tasks_due ON tasks (due);
