CREATE INDEX tasks_open ON tasks (team, priority DESC, due) WHERE state = 'open';
