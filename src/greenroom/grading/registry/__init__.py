"""Versions of the model: artefacts, aliases, and what a version must show before it answers."""
