"""Users, what they may enter with, their sessions, and what was done by whom."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, String, Table

from greenroom.platform.database import Moment, metadata

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(80), nullable=False),
    # As `rules.normal_email` writes it; none for the user of solo mode.
    Column("email", String(254), unique=True),
    Column("password_hash", String(255)),
    Column(
        "role",
        String(12),
        CheckConstraint("role IN ('candidate', 'interviewer', 'author', 'admin')", name="role"),
        nullable=False,
        server_default="candidate",
    ),
    Column("disabled_at", Moment),
    Column("created_at", Moment, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("agent", String(200), nullable=False, server_default=""),
    Column("address", String(64), nullable=False, server_default=""),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    # It ends at the first of these: so long after the last renewal, and so long after the login.
    Column("idle_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("end_reason", String(24)),
)

refresh_tokens = Table(
    "refresh_tokens",
    metadata,
    # HMAC under a key that lies outside the database: a copy of the database opens no session and makes no token.
    Column("hash", String(64), primary_key=True),
    Column("session_id", ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("issued_at", Moment, nullable=False),
    Column("spent_at", Moment),
    Column("successor", String(64), unique=True),
    # When the answer with the successor had been sent: until then a crash may have kept it from its owner.
    Column("delivered_at", Moment),
)

links = Table(
    "links",
    metadata,
    # HMAC as that of refresh tokens, for the link's purpose; that of invitations too.
    Column("secret_hash", String(64), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("purpose", String(8), CheckConstraint("purpose IN ('enter', 'reset')", name="purpose"), nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("email", String(254)),
    Column("role", String(12), nullable=False),
    Column("invited_by", ForeignKey("users.id", ondelete="SET NULL")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("withdrawn_at", Moment),
)

revocations = Table(
    "revocations",
    metadata,
    # The session whose access tokens are refused until they would have ended anyway.
    Column("session_id", String(36), primary_key=True),
    Column("added_at", Moment, nullable=False, index=True),
    Column("until", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    # Version 7, so that they sort by time.
    Column("id", String(36), primary_key=True),
    Column("at", Moment, nullable=False),
    # Without foreign keys: what was done stays when who did it is gone.
    Column("actor_id", String(36)),
    Column("subject_id", String(64)),
    Column("action", String(40), nullable=False),
    Column("address", String(64), nullable=False, server_default=""),
    Column("details", JSON, nullable=False),
    Index("ix_audit_action_id", "action", "id"),
    Index("ix_audit_actor_id_id", "actor_id", "id"),
    Index("ix_audit_subject_id_id", "subject_id", "id"),
)
