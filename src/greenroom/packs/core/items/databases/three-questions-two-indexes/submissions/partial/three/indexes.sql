CREATE INDEX a ON payments (tenant, created);
CREATE INDEX b ON payments (tenant, state);
CREATE INDEX c ON payments (reference);
