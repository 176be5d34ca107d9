"""A real PostgreSQL for labs that need one: found on this host, run behind walls, lent a database at a time."""
