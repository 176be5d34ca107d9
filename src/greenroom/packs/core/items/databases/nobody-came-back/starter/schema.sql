-- The tables as they are; do not change.
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    discount TEXT              -- a code, for who has one
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer INTEGER REFERENCES customers,
    placed INTEGER NOT NULL    -- a day
);
CREATE INDEX orders_customer ON orders (customer, placed);
