CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    city TEXT NOT NULL
);
INSERT INTO customers (email, name, city) SELECT email, customer, city FROM sheet;

-- and the rest?
