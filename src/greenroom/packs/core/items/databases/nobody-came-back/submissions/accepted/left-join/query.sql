SELECT customers.id, customers.name
FROM customers
LEFT JOIN orders ON orders.customer = customers.id AND orders.placed >= ?1
WHERE orders.id IS NULL AND coalesce(customers.discount, '') <> 'staff'
ORDER BY customers.name, customers.id;
