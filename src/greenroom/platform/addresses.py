"""Where a database lies."""

from __future__ import annotations

from pathlib import Path

Address = Path | str
"""A file of SQLite, or a `postgresql://` address."""

SCHEMES = ("postgresql://", "postgres://")
"""How an address of PostgreSQL begins."""
