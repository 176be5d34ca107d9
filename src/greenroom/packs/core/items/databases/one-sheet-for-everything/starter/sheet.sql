-- The table as it is; do not change. It is filled before schema.sql is executed.
CREATE TABLE sheet (
    order_no INTEGER NOT NULL,
    position INTEGER NOT NULL,
    placed TEXT NOT NULL,
    email TEXT NOT NULL,
    customer TEXT NOT NULL,
    city TEXT NOT NULL,
    sku TEXT NOT NULL,
    product TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    cents INTEGER NOT NULL
);
