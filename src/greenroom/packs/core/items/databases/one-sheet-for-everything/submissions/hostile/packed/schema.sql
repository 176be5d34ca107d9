CREATE TABLE packed (line TEXT PRIMARY KEY);
INSERT INTO packed SELECT json_array(order_no, position, placed, email, customer, city, sku, product, quantity, cents) FROM sheet;
DROP TABLE sheet;
CREATE VIEW sheet_again AS
SELECT line ->> 0 AS order_no, line ->> 1 AS position, line ->> 2 AS placed, line ->> 3 AS email, line ->> 4 AS customer,
       line ->> 5 AS city, line ->> 6 AS sku, line ->> 7 AS product, line ->> 8 AS quantity, line ->> 9 AS cents
FROM packed;
