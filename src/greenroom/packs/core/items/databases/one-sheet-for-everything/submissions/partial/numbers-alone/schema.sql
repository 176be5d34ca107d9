CREATE TABLE person (id INTEGER PRIMARY KEY, email TEXT NOT NULL, called TEXT NOT NULL, town TEXT NOT NULL);
INSERT INTO person (email, called, town) SELECT email, max(customer), max(city) FROM sheet GROUP BY email;

CREATE TABLE article (id INTEGER PRIMARY KEY, sku TEXT NOT NULL, called TEXT NOT NULL);
INSERT INTO article (sku, called) SELECT sku, max(product) FROM sheet GROUP BY sku;

CREATE TABLE purchase (
    id INTEGER PRIMARY KEY, placed TEXT NOT NULL, person INTEGER NOT NULL REFERENCES person (id) ON DELETE RESTRICT
);
INSERT INTO purchase SELECT DISTINCT order_no, placed, person.id FROM sheet JOIN person USING (email);

CREATE TABLE item (
    purchase INTEGER NOT NULL REFERENCES purchase (id) ON DELETE RESTRICT,
    place INTEGER NOT NULL,
    article INTEGER NOT NULL REFERENCES article (id) ON DELETE RESTRICT,
    many INTEGER NOT NULL CHECK (many > 0),
    paid INTEGER NOT NULL,
    UNIQUE (purchase, place)
);
INSERT INTO item SELECT order_no, position, article.id, quantity, cents FROM sheet JOIN article USING (sku);

DROP TABLE sheet;
CREATE VIEW sheet_again (order_no, position, placed, email, customer, city, sku, product, quantity, cents) AS
SELECT purchase.id, place, placed, email, person.called, town, sku, article.called, many, paid
FROM item
JOIN purchase ON purchase.id = item.purchase
JOIN person ON person.id = purchase.person
JOIN article ON article.id = item.article;
