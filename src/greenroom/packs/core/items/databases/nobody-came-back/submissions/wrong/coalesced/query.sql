SELECT id, name
FROM customers
WHERE id NOT IN (SELECT customer FROM orders WHERE placed >= ?1)
  AND coalesce(discount, '') <> 'staff'
ORDER BY name, id;
