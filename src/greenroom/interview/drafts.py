"""Drafts: what is typed and not handed in yet, for the answer and for each follow-up.

Nothing that was typed is lost: a draft is written only over the revision that its page has seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from greenroom.interview import queries
from greenroom.interview.rules import Round
from greenroom.kernel.errors import ConflictError
from greenroom.platform.database import AsyncConnection


@dataclass(frozen=True)
class Draft:
    """A draft as it is stored. Code has a *language*; None is the one that is there already, at first Python."""

    text: str
    revision: int
    saved_at: datetime | None = None
    language: str | None = None


class DraftConflict(ConflictError):
    """Another tab has written a newer draft, `newer`."""

    code = "newer-draft"

    def __init__(self, newer: Draft) -> None:
        self.newer = newer
        super().__init__("another tab has newer work", mend="take the newer text, or copy yours into it")


def current(one: Round, point: str | None = None) -> Draft:
    """The draft of the answer, or of the follow-up on *point*. Raises ConflictError when that is not asked."""
    if point is None:
        return Draft(one.draft, one.draft_revision, one.draft_at, one.draft_language)
    follow = next((follow for follow in one.follow_ups or () if follow.point == point), None)
    if follow is None:
        raise ConflictError("this follow-up is not asked", mend="go to the interview's current round")
    return Draft(follow.draft, follow.draft_revision)


async def write(
    connection: AsyncConnection, one: Round, new: Draft, *, tab: str, now: datetime, point: str | None = None
) -> int:
    """Store *new* over its revision; returns the next one. The same text again changes nothing.

    Raises DraftConflict when another revision is there: nothing is overwritten.
    """
    stored = current(one, point)
    language = new.language or stored.language
    if stored.text == new.text and stored.language == language:
        return stored.revision
    if stored.revision != new.revision:
        raise DraftConflict(stored)
    if point is None:
        await queries.write_draft(
            connection, one.id, text=new.text, language=language, revision=new.revision, tab=tab, now=now
        )
    else:
        await _write_follow_up(connection, one, point, new, now)
    return new.revision + 1


async def _write_follow_up(connection: AsyncConnection, one: Round, point: str, new: Draft, now: datetime) -> None:
    typed = {"draft": new.text, "draft_revision": new.revision + 1}
    rows = [asdict(follow) | (typed if follow.point == point else {}) for follow in one.follow_ups or ()]
    await queries.change_round(connection, one.id, follow_ups=rows, seen_at=now)
