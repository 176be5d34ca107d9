CREATE TABLE IF NOT EXISTS refresh_tokens (
    token TEXT PRIMARY KEY,
    member INTEGER NOT NULL REFERENCES members,
    expires INTEGER NOT NULL
);
