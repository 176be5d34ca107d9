CREATE TABLE IF NOT EXISTS revoked (
    jti TEXT PRIMARY KEY,
    until INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS revoked_until ON revoked (until);
