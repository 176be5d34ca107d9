"""Pages for admins: people, the audit, items, and disputes."""
