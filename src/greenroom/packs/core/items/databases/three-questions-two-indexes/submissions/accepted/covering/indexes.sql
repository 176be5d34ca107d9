CREATE INDEX payments_statement ON payments (tenant, created, state);
CREATE INDEX payments_reference ON payments (reference);
