CREATE INDEX a ON payments (tenant);
CREATE INDEX b ON payments (created);
CREATE INDEX c ON payments (state);
CREATE INDEX d ON payments (reference);
