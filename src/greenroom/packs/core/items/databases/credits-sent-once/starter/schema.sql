-- The tables of the festival, as they are in SQLite. They are given.

CREATE TABLE wristbands (
    id INTEGER PRIMARY KEY,
    credits INTEGER NOT NULL CHECK (credits >= 0)
);

CREATE TABLE transfers (
    key TEXT PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES wristbands,
    target INTEGER NOT NULL REFERENCES wristbands,
    credits INTEGER NOT NULL CHECK (credits > 0),
    left INTEGER NOT NULL
);
