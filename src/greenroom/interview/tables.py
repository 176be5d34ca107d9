"""Interviews, their rounds, and the submissions that were handed in."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from greenroom.platform.database import Moment, metadata

interviews = Table(
    "interviews",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    Column(
        "state",
        String(12),
        CheckConstraint("state IN ('ready', 'running', 'paused', 'finished')", name="state"),
        nullable=False,
    ),
    Column("warm_up", Boolean, nullable=False, default=False),
    Column("topics", JSON, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("level", String(8), nullable=False),
    Column("seed", Integer, nullable=False),
    Column("forecast", JSON),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("finished_at", Moment),
    Index("ix_interviews_user_id_created_at", "user_id", "created_at"),
)

rounds = Table(
    "rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("interview_id", ForeignKey("interviews.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    # What was asked, as it was then: a pack may change or go away later.
    Column("item", String(64), nullable=False),
    Column("item_version", Integer, nullable=False),
    Column("title", String(80), nullable=False),
    Column("topic", String(24), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("limit_s", Integer, nullable=False),
    # The clock: seconds used until `running_since`; it runs from then on while that is set.
    Column("spent_s", Float, nullable=False, default=0.0),
    Column("running_since", Moment),
    Column("seen_at", Moment),
    Column("away_s", Float, nullable=False, default=0.0),
    Column("opened_at", Moment),
    Column("closed_at", Moment),
    Column("done_at", Moment),
    Column("skipped", Boolean, nullable=False, default=False),
    Column("hints_used", Integer, nullable=False, default=0),
    Column("self_judgements", JSON, nullable=False, default=dict),
    Column("follow_ups", JSON),
    Column("draft", Text, nullable=False, default=""),
    Column("draft_revision", Integer, nullable=False, default=0),
    Column("draft_tab", String(64)),
    Column("draft_at", Moment),
    # The language of a draft of code, and of a submission; none where there is nothing to choose: words, or Python.
    Column("draft_language", String(12)),
    # Of a design: the estimates and the bottleneck that were named before its first run.
    Column("commitment", JSON),
    UniqueConstraint("interview_id", "position"),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    # The page's own token: a form that is sent twice is one submission.
    Column("token", String(64), nullable=False),
    Column("sort", String(12), CheckConstraint("sort IN ('answer', 'follow-up')", name="sort"), nullable=False),
    Column("point", String(64)),
    Column("text", Text, nullable=False),
    Column("language", String(12)),
    Column("created_at", Moment, nullable=False),
    Column("late_s", Float, nullable=False, default=0.0),
    Column("state", String(8), CheckConstraint("state IN ('queued', 'done')", name="state"), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    # The server that answers it, while it is queued; another may take it when the time has come.
    Column("claimed_by", String(36)),
    Column("claimed_until", Moment),
    Column("verdict", String(16)),
    Column("result", JSON),
    Column("finished_at", Moment),
    UniqueConstraint("round_id", "token"),
    Index("ix_submissions_state_created_at", "state", "created_at"),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("round_id", ForeignKey("rounds.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("submission_id", ForeignKey("submissions.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("point", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column(
        "state",
        String(8),
        CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"),
        nullable=False,
    ),
    Column("created_at", Moment, nullable=False),
    Column("decided_by", ForeignKey("users.id", ondelete="SET NULL")),
    Column("decided_at", Moment),
    Column("answer", Text, nullable=False, server_default=""),
    # What the finding became when the dispute was accepted; the submission's result stays as it was.
    Column("finding_state", String(12)),
    Column("earned", Float),
    Index("ix_disputes_state_id", "state", "id"),
    # Two tabs at once: one open dispute for a finding.
    Index(
        "uq_disputes_open",
        "round_id",
        "point",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

item_switches = Table(
    "item_switches",
    metadata,
    # An item that has a row here is asked in no new interview.
    Column("item", String(64), primary_key=True),
    Column("reason", String(500), nullable=False),
    Column("switched_by", ForeignKey("users.id", ondelete="SET NULL")),
    Column("switched_at", Moment, nullable=False),
)
