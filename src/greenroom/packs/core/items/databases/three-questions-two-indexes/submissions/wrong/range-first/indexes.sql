CREATE INDEX a ON payments (created, tenant, state);
CREATE INDEX c ON payments (reference);
