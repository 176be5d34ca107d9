CREATE INDEX tasks_to_do ON tasks (team, state, priority DESC, due) WHERE state = 'open';
ANALYZE;
