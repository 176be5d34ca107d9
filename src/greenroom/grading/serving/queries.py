"""All SQL of the prediction log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, distinct, func, or_, select, update

from greenroom.grading.monitoring.rules import Window
from greenroom.grading.serving.tables import labels, predictions
from greenroom.platform.database import AsyncConnection, insert_unless_there

_answered = predictions.c.state.is_not(None)


async def note(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> int:
    """Store what was said of a submission's points, once each; returns how many were new."""
    return sum([await insert_unless_there(connection, predictions, row) for row in rows])


async def label(connection: AsyncConnection, row: dict[str, Any]) -> None:
    """Store what a person said of a point; the same source again overwrites its word."""
    if not await insert_unless_there(connection, labels, row):
        same = [labels.c[name] == row[name] for name in ("submission_id", "point", "source")]
        values = {"state": row["state"], "labelled_at": row["labelled_at"]}
        await connection.execute(update(labels).where(*same).values(**values))


async def live(connection: AsyncConnection, version: str, since: datetime) -> tuple[int, int, int, int]:
    """Of a challenger since *since*: submissions read beside, failures there, submissions answered, failures there."""
    shadow = predictions.c.shadow_version == version
    own = and_(predictions.c.version == version, predictions.c.role == "canary")
    read, said = predictions.c.shadow_state.is_not(None), _answered
    query = select(
        _submissions(shadow, read), _submissions(shadow, ~read), _submissions(own, said), _submissions(own, ~said)
    ).where(predictions.c.created_at >= since)
    first, second, third, fourth = (await connection.execute(query)).one()
    return int(first), int(second), int(third), int(fourth)


def _submissions(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((and_(*conditions), predictions.c.submission_id))))


async def window(connection: AsyncConnection, version: str, since: datetime, until: datetime) -> Window:
    """What happened with *version* from *since* on, before *until*."""
    whole = predictions.outerjoin(
        labels, and_(labels.c.submission_id == predictions.c.submission_id, labels.c.point == predictions.c.point)
    )
    person = labels.c.source.in_(("audit", "override", "dispute"))
    wrong = and_(person, labels.c.state != predictions.c.state)
    query = (
        select(
            func.count(distinct(case((_answered, predictions.c.id)))),
            func.count(distinct(case((~_answered, predictions.c.id)))),
            func.count(distinct(case((and_(_answered, person), predictions.c.id)))),
            func.count(distinct(case((and_(_answered, wrong), predictions.c.id)))),
        )
        .select_from(whole)
        .where(predictions.c.version == version, predictions.c.created_at >= since, predictions.c.created_at < until)
    )
    return Window(*map(int, (await connection.execute(query)).one()))


async def scores(
    connection: AsyncConnection, version: str, since: datetime, until: datetime
) -> list[tuple[str, float]]:
    """The mean score of each cluster between *since* and *until*, in the order of their first answers."""
    query = (
        select(predictions.c.cluster, func.avg(predictions.c.score))
        .where(predictions.c.version == version, predictions.c.score.is_not(None))
        .where(predictions.c.created_at >= since, predictions.c.created_at < until)
        .group_by(predictions.c.cluster)
        .order_by(func.min(predictions.c.created_at), predictions.c.cluster)
    )
    return [(row[0], float(row[1])) for row in await connection.execute(query)]


async def audits(connection: AsyncConnection, version: str, since: datetime, until: datetime) -> list[Any]:
    """The audited points that were labelled between *since* and *until*, in that order."""
    query = (
        select(labels.c.submission_id, labels.c.state.label("truth"), predictions.c.state.label("said"))
        .join(
            predictions,
            and_(labels.c.submission_id == predictions.c.submission_id, labels.c.point == predictions.c.point),
        )
        .where(labels.c.source == "audit", predictions.c.version == version, _answered, ~predictions.c.abstained)
        .where(labels.c.labelled_at >= since, labels.c.labelled_at < until)
        .order_by(labels.c.labelled_at, labels.c.id)
    )
    return list(await connection.execute(query))


async def waiting_audits(connection: AsyncConnection, limit: int) -> list[Any]:
    """The points that were drawn for an audit and have none, the oldest first: their submission, item, point, state."""
    audited = select(labels.c.id).where(
        labels.c.source == "audit",
        labels.c.submission_id == predictions.c.submission_id,
        labels.c.point == predictions.c.point,
    )
    query = (
        select(predictions.c.submission_id, predictions.c.item, predictions.c.point, predictions.c.version)
        .where(predictions.c.audit.is_(True), ~audited.exists())
        .order_by(predictions.c.created_at, predictions.c.submission_id, predictions.c.point)
        .limit(limit)
    )
    return list(await connection.execute(query))


async def new_labels(connection: AsyncConnection, since: datetime) -> int:
    """How many labels have come from people since *since*."""
    query = select(func.count()).where(labels.c.labelled_at >= since, labels.c.source != "self-judged")
    return int((await connection.execute(query)).scalar_one())


async def abstentions(connection: AsyncConnection, since: datetime) -> tuple[int, int]:
    """How many points were left to people since *since*, and of how many."""
    query = select(func.count().filter(predictions.c.abstained), func.count()).where(predictions.c.created_at >= since)
    left, every = (await connection.execute(query)).one()
    return int(left), int(every)


async def of_submission(connection: AsyncConnection, submission_id: str) -> Sequence[Row[Any]]:
    """What was said of a submission's points."""
    query = select(predictions).where(predictions.c.submission_id == submission_id).order_by(predictions.c.point)
    return (await connection.execute(query)).all()


async def last(connection: AsyncConnection, limit: int, after: str | None = None) -> Sequence[Row[Any]]:
    """The last points that were read, the newest first; *after* the row of that id, where one is given."""
    query = select(predictions).order_by(predictions.c.created_at.desc(), predictions.c.id.desc()).limit(limit)
    if after is not None:
        moment = select(predictions.c.created_at).where(predictions.c.id == after).scalar_subquery()
        earlier, same = predictions.c.created_at < moment, predictions.c.created_at == moment
        query = query.where(or_(earlier, and_(same, predictions.c.id < after)))
    return (await connection.execute(query)).all()


@dataclass(frozen=True)
class Day:
    """What was read in a day that begins at `begins`: points, of which some failed or were left to people."""

    begins: datetime
    points: int = 0
    failed: int = 0
    left: int = 0
    mean_ms: float | None = None


async def by_day(connection: AsyncConnection, edges: Sequence[datetime]) -> list[Day]:
    """What was read between each two of *edges*, which go upwards."""
    moment = predictions.c.created_at
    number = case(*((moment < end, at) for at, end in enumerate(edges[1:])))
    columns = (predictions.c.abstained, predictions.c.latency_ms, _answered.label("answered"), number.label("slot"))
    rows = select(*columns).where(moment >= edges[0], moment < edges[-1]).subquery()
    query = select(
        rows.c.slot,
        func.count(),
        func.count().filter(~rows.c.answered),
        func.count().filter(rows.c.abstained),
        func.avg(rows.c.latency_ms),
    ).group_by(rows.c.slot)
    found = {int(row[0]): row[1:] for row in await connection.execute(query)}
    return [Day(begins, *found.get(at, ())) for at, begins in enumerate(edges[:-1])]


async def latency(connection: AsyncConnection, since: datetime, share: float) -> float | None:
    """The time in ms a point that *share* (0..1) of the points since *since* took at most; None without any."""
    of = predictions.c.created_at >= since
    count = int((await connection.execute(select(func.count()).select_from(predictions).where(of))).scalar_one())
    query = select(predictions.c.latency_ms).where(of).order_by(predictions.c.latency_ms)
    at = query.limit(1).offset(int(share * max(count - 1, 0)))
    found: float | None = (await connection.execute(at)).scalar_one_or_none()
    return found


async def labels_of(connection: AsyncConnection, submissions: Sequence[str]) -> dict[tuple[str, str], dict[str, str]]:
    """What people said of the points of submissions, by source."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in await connection.execute(select(labels).where(labels.c.submission_id.in_(set(submissions)))):
        found.setdefault((row.submission_id, row.point), {})[row.source] = row.state
    return found
