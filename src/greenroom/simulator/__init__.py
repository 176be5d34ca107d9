"""Architectures under load: pure, with time and luck of its own."""
