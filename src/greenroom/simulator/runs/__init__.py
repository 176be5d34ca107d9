"""Runs of a design over several seeds, and what is counted in them."""
