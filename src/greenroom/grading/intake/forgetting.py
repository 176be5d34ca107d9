"""Consent given and withdrawn, and forgetting: each function is a part of the caller's transaction."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from greenroom.grading.intake import queries
from greenroom.grading.intake.errors import ConsentOutdated
from greenroom.grading.intake.rules import CONSENT_TEXT, CONSENT_VERSION, Erasure, Reason
from greenroom.grading.intake.schemas import ConsentView
from greenroom.grading.intake.sealing import new_key
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection


async def view(connection: AsyncConnection, user_id: str) -> ConsentView:
    """What a user has decided. A consent to an older text does not count."""
    found = await queries.consent(connection, user_id)
    current = found is not None and found.version == CONSENT_VERSION
    return ConsentView(
        given=current,
        version=found.version if found is not None and current else None,
        given_at=found.given_at if found is not None and current else None,
        current_version=CONSENT_VERSION,
        text=CONSENT_TEXT,
    )


async def give(connection: AsyncConnection, user_id: str, version: int, now: datetime) -> bool:
    """Agree to the text *version*; False when that was so already. Raises ConsentOutdated for another text."""
    if version != CONSENT_VERSION:
        raise ConsentOutdated
    found = await queries.consent(connection, user_id)
    if found is not None and found.version == version:
        return False
    await queries.end_consents(connection, user_id, now)
    await queries.add_consent(connection, {"id": new_id(now), "user_id": user_id, "version": version, "given_at": now})
    if await queries.subject_of(connection, user_id) is None:
        # Not of the time: an id that sorts would tell when somebody agreed.
        row = {"subject": str(uuid.uuid4()), "user_id": user_id, "key": new_key(), "created_at": now}
        await queries.add_key(connection, row)
    return True


async def erase(
    connection: AsyncConnection, user_id: str, reason: Reason, now: datetime, within: timedelta
) -> Erasure | None:
    """End a user's consent and destroy their key; None when there was none.

    Models that know their rows have to be trained anew *within* that time.
    """
    await queries.end_consents(connection, user_id, now)
    subject = await queries.drop_key(connection, user_id)
    return await _note(connection, subject, reason, now, within) if subject is not None else None


async def sweep(connection: AsyncConnection, now: datetime, within: timedelta) -> list[Erasure]:
    """Write down who is in a snapshot and has lost their key unnoticed."""
    return [
        await _note(connection, subject, "key-gone", now, within) for subject in await queries.lost_subjects(connection)
    ]


async def _note(connection: AsyncConnection, subject: str, reason: Reason, now: datetime, within: timedelta) -> Erasure:
    snapshots = await queries.affected(connection, subject)
    made = Erasure(subject, reason, now, now + within if snapshots else None, tuple(snapshots))
    row = {"subject": subject, "reason": reason, "erased_at": now, "retrain_by": made.retrain_by}
    await queries.add_erasure(connection, row)
    return made


async def erasures(connection: AsyncConnection) -> list[Erasure]:
    """Every erasure with the snapshots that it affects, the oldest first."""
    return [
        Erasure(
            row.subject,
            row.reason,
            row.erased_at,
            row.retrain_by,
            tuple(await queries.affected(connection, row.subject)),
        )
        for row in await queries.erased(connection)
    ]
