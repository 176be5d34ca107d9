CREATE TABLE IF NOT EXISTS families (
    id TEXT PRIMARY KEY,
    member INTEGER NOT NULL,
    jti TEXT,
    until INTEGER NOT NULL
);
