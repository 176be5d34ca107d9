DELETE FROM payments;
CREATE INDEX a ON payments (reference);
