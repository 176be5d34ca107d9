CREATE INDEX tasks_team ON tasks (team, state, priority DESC, due);
