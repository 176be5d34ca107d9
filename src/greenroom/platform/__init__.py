"""Settings, database and logs: what the machine provides, behind small ports."""
