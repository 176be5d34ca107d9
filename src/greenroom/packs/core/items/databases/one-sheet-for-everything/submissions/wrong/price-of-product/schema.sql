CREATE TABLE customers (email TEXT PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL);
CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, cents INTEGER NOT NULL);
CREATE TABLE orders (number INTEGER PRIMARY KEY, placed TEXT NOT NULL, email TEXT NOT NULL REFERENCES customers);
CREATE TABLE lines (
    number INTEGER NOT NULL REFERENCES orders,
    position INTEGER NOT NULL,
    sku TEXT NOT NULL REFERENCES products,
    quantity INTEGER NOT NULL,
    PRIMARY KEY (number, position)
);

INSERT INTO customers SELECT DISTINCT email, customer, city FROM sheet;
INSERT INTO products SELECT sku, max(product), max(cents) FROM sheet GROUP BY sku;
INSERT INTO orders SELECT DISTINCT order_no, placed, email FROM sheet;
INSERT INTO lines SELECT order_no, position, sku, quantity FROM sheet;
DROP TABLE sheet;

CREATE VIEW sheet_again AS
SELECT number AS order_no, position, placed, email, customers.name AS customer, city, sku, products.name AS product,
       quantity, cents
FROM lines JOIN orders USING (number) JOIN customers USING (email) JOIN products USING (sku);
