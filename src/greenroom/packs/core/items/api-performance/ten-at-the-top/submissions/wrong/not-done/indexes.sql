CREATE INDEX tasks_alive ON tasks (team, priority DESC, due) WHERE state <> 'done';
