"""Ids, clock and errors: pure, and imported by everybody."""
