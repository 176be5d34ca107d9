SELECT id, name
FROM customers
WHERE (SELECT count(*) FROM orders WHERE +orders.customer = customers.id AND placed >= ?1) = 0
  AND discount IS NOT 'staff'
ORDER BY name, id;
