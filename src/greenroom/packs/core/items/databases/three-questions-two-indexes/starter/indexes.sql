CREATE INDEX payments_created_tenant ON payments (created, tenant);
CREATE INDEX payments_state ON payments (state);
CREATE INDEX payments_tenant_reference ON payments (tenant, reference);
CREATE INDEX payments_cents ON payments (cents);
