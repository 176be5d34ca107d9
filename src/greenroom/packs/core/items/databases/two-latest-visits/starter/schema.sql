-- The table as it is; do not change.
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    patient INTEGER NOT NULL,
    day INTEGER NOT NULL
);
