CREATE INDEX tasks_open ON tasks (team, due, priority DESC) WHERE state = 'open';
