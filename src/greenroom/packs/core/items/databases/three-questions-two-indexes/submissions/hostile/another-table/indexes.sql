ALTER TABLE payments RENAME TO old;
CREATE TABLE payments (id INTEGER PRIMARY KEY, tenant, created, state, reference, cents);
