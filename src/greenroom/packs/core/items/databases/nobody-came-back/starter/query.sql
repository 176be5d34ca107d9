SELECT id, name
FROM customers
WHERE id NOT IN (SELECT customer FROM orders WHERE placed >= ?1)
  AND discount <> 'staff'
ORDER BY name, id;
