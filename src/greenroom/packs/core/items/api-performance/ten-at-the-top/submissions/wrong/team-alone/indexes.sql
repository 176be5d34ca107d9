CREATE INDEX tasks_open ON tasks (team) WHERE state = 'open';
