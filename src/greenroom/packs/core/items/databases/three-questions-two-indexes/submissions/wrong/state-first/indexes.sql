CREATE INDEX a ON payments (state, tenant, created);
CREATE INDEX c ON payments (reference);
