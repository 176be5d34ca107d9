PRAGMA page_size = 65536;
VACUUM;
CREATE INDEX tasks_team ON tasks (team, state, priority DESC, due);
