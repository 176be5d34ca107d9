"""What operations have agreed on."""

GRANTED = 16
"""Connections that the database grants to this service, all of its processes together. Above it refuses."""

WORKERS = 2
"""Processes like this one."""
