CREATE INDEX tasks_shown ON tasks (team, priority DESC, due, id, title) WHERE state = 'open';
