-- every question about a tenant
CREATE INDEX by_tenant ON payments (tenant, created, cents, state);
CREATE INDEX by_reference ON payments (reference, id);
ANALYZE;
