PRAGMA writable_schema = ON;
CREATE INDEX a ON payments (tenant, created);
