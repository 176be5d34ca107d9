"""One job that keeps the life cycle going, on one server at a time."""
