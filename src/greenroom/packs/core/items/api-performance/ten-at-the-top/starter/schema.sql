-- The table as it is; do not change.
CREATE TABLE tasks (
    id INTEGER PRIMARY KEY,
    team INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
    priority INTEGER NOT NULL,
    due INTEGER NOT NULL,
    title TEXT NOT NULL
);
