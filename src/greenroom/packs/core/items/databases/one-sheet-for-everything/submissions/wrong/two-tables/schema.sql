CREATE TABLE orders (number INTEGER PRIMARY KEY, placed TEXT, email TEXT, customer TEXT, city TEXT);
CREATE TABLE lines (number INTEGER REFERENCES orders, position INTEGER, sku TEXT, product TEXT, quantity INTEGER, cents INTEGER,
                    PRIMARY KEY (number, position));
INSERT INTO orders SELECT DISTINCT order_no, placed, email, customer, city FROM sheet;
INSERT INTO lines SELECT order_no, position, sku, product, quantity, cents FROM sheet;
DROP TABLE sheet;
CREATE VIEW sheet_again AS
SELECT number AS order_no, position, placed, email, customer, city, sku, product, quantity, cents FROM lines JOIN orders USING (number);
