CREATE INDEX tasks_open ON tasks (team, priority) WHERE state = 'open';
