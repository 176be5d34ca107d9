WITH quiet AS (
    SELECT id FROM customers EXCEPT SELECT customer FROM orders WHERE placed >= ?1
)
SELECT id, name FROM customers JOIN quiet USING (id)
WHERE discount IS NULL OR discount != 'staff'
ORDER BY name, id;
