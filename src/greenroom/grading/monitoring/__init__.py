"""Watching the model: drift, errors, and what they ask for."""
