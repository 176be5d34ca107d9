SELECT DISTINCT customers.id, customers.name
FROM customers
LEFT JOIN orders ON orders.customer = customers.id
WHERE (orders.id IS NULL OR orders.placed < ?1) AND discount IS NOT 'staff'
ORDER BY customers.name, customers.id;
