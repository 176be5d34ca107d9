"""Users, their sessions, and the one-time links that begin a session."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from greenroom.platform.database import Moment, metadata

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    # SHA-256 of the cookie's 256 random bits: a copy of the database opens no session.
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

links = Table(
    "links",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
