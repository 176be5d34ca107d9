CREATE INDEX tasks_top ON tasks (team, priority DESC, due) WHERE state = 'open';
CREATE INDEX tasks_badge ON tasks (team, due) WHERE state = 'open';
