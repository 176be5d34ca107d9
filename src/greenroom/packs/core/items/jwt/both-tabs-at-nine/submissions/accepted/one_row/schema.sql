CREATE TABLE IF NOT EXISTS logins (
    id TEXT PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members,
    current TEXT NOT NULL,
    expires INTEGER NOT NULL,
    previous TEXT,
    exchanged INTEGER
);
