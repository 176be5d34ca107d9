DELETE FROM tasks WHERE state <> 'open';
CREATE INDEX tasks_team ON tasks (team, state, priority DESC, due);
