SELECT id, name
FROM customers
WHERE NOT EXISTS (SELECT 1 FROM orders WHERE orders.customer = customers.id AND placed >= ?1)
  AND discount IS NOT 'staff'
ORDER BY name, id;
