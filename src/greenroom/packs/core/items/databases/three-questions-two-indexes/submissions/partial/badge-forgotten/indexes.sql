CREATE INDEX a ON payments (tenant, created);
CREATE INDEX c ON payments (reference);
