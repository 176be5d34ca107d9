"""Watching the version that answers: one pass over what has come since the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from greenroom.bank.findings import CLAIM_STATES
from greenroom.grading.monitoring import queries
from greenroom.grading.monitoring.betting import ErrorRise, ScoreDrift
from greenroom.grading.monitoring.looking import (
    FEWEST_PLACES,
    MMD_ROWS,
    Look,
    begin_places,
    look_at,
    score_state,
    tenths,
    tenths_of_counts,
    with_day,
    with_places,
    with_scores,
)
from greenroom.grading.monitoring.rules import (
    Facts,
    Reason,
    audit_rate,
    retraining_reasons,
    rollback_reasons,
)
from greenroom.grading.monitoring.statistics import macro_f1
from greenroom.grading.serving import queries as log
from greenroom.kernel.ids import new_id
from greenroom.platform.database import AsyncConnection, Database

ALLOWED_ERRORS = 0.15
"""The share of audited points that a model without a measured rate may get wrong."""
_WEEK, _MONTH = timedelta(days=7), timedelta(days=30)
_SETTLED = timedelta(minutes=5)
"""A label that is younger may still be on its way into the database."""


@dataclass(frozen=True)
class Watched:
    """How things stand with a version. `score_rows` counts towards the 2,000 of the reference until that is there."""

    version: str
    score_rows: int
    has_reference: bool
    score_e: float
    score_alarm: bool
    audits: int
    errors: float
    error_e: float
    error_alarm: bool
    text_rows: int
    text_e: float
    text_alarm: bool
    look: Look
    audit_rate: float
    seen_until: datetime | None
    figures: dict[str, float] = field(default_factory=dict)
    days: list[dict[str, Any]] = field(default_factory=list)
    """Where the e-processes stood at the end of each of the last 90 days: `{day, scores, texts, errors}`."""

    def as_json(self) -> dict[str, Any]:
        """It as plain JSON."""
        return self.__dict__ | {"seen_until": _iso(self.seen_until), "look": asdict(self.look)}


@dataclass(frozen=True)
class Traffic:
    """What was read, by day, and how long half and 95 of 100 readings took at most, in ms a point; None without any."""

    days: tuple[log.Day, ...]
    median_ms: float | None
    p95_ms: float | None


@dataclass
class Monitor:
    """The watch over the model that answers. Every pass of it can be repeated: it goes on where the last one ended."""

    database: Database

    async def begin(self, version: str, reference: Sequence[float], allowed: float, now: datetime) -> None:
        """Watch *version* from now on, against *reference* scores of held-out rows and an *allowed* share of errors.

        With fewer than 2,000 rows the first scores that are served become the reference.
        """
        async with self.database.write() as connection:
            known = await queries.watch(connection, "errors", version, lock=True)
            if known is not None:
                return
            await _set(connection, "scores", version, score_state(list(reference)), now)
            await _set(connection, "errors", version, ErrorRise(allowed).as_json(), now)

    async def look(self, version: str, now: datetime) -> Watched:
        """Take in the whole days before *now* that were not taken in yet, in one transaction."""
        until = now.replace(hour=0, minute=0, second=0, microsecond=0)
        await self.begin(version, (), ALLOWED_ERRORS, now - _WEEK)
        async with self.database.write() as connection:
            scores = await queries.watch(connection, "scores", version, lock=True)
            errors = await queries.watch(connection, "errors", version, lock=True)
            assert scores is not None
            assert errors is not None
            rise = ErrorRise.from_json(errors.state)
            heard_until = max(errors.seen_until, now - _SETTLED)
            rise.see(_wrong_shares(await log.audits(connection, version, errors.seen_until, heard_until)))
            state, day = scores.state, scores.seen_until
            while day < until:
                end = min(_next_day(day), until)
                state = with_scores(state, await log.scores(connection, version, day, end))
                state = await _with_places(connection, state, version, day, end)
                state = with_day(state, day.date().isoformat(), rise.wealth.value)
                day = end
            if scores.seen_until < until:
                state = state | {"look": asdict(await _look(connection, state, version, until))}
            await _set(connection, "scores", version, state, max(until, scores.seen_until))
            await _set(connection, "errors", version, rise.as_json(), heard_until)
        return await self.stands(version, now)

    async def stands(self, version: str, now: datetime) -> Watched:
        """How the watch over *version* stands, without looking at anything new."""
        async with self.database.read() as connection:
            scores = await queries.watch(connection, "scores", version)
            errors = await queries.watch(connection, "errors", version)
            figures = await _figures(connection, version, now)
            places = await queries.count_vectors(connection, version, now)
        state = scores.state if scores is not None else score_state([])
        rise = ErrorRise.from_json(errors.state) if errors is not None else ErrorRise(ALLOWED_ERRORS)
        drift = ScoreDrift.from_json(state["drift"]) if state["drift"] else None
        text = ScoreDrift.from_json(state["places"]) if state.get("places") else None
        alarms = [one is not None and one.wealth.alarm() for one in (drift, text)]
        score_e, text_e = (one.wealth.highest if one is not None else 1.0 for one in (drift, text))
        look, rate = Look(**state.get("look", {})), audit_rate(covariates_drifted=any(alarms))
        shared = {"score_drift_e": score_e, "error_rise_e": rise.wealth.highest, "text_drift_e": text_e}
        shared |= {"audit_ratio": rate} | {name: one for name, one in asdict(look).items() if one is not None}
        return Watched(
            version=version,
            score_rows=int(drift.counts.sum()) if drift is not None else len(state["rows"]),
            has_reference=drift is not None,
            score_e=score_e,
            score_alarm=alarms[0],
            audits=rise.seen,
            errors=rise.errors,
            error_e=rise.wealth.highest,
            error_alarm=rise.wealth.alarm(),
            text_rows=places,
            text_e=text_e,
            text_alarm=alarms[1],
            look=look,
            audit_rate=rate,
            seen_until=scores.seen_until if scores is not None else None,
            figures=figures | shared,
            days=state.get("days", []),
        )

    async def decide_retraining(self, watched: Watched, facts: Facts, now: datetime) -> tuple[Reason, ...]:
        """Ask for a new model where there are reasons; one that was asked for already gets the further reasons."""
        reasons = retraining_reasons(replace(facts, errors_alarm=facts.errors_alarm or watched.error_alarm))
        if not reasons:
            return ()
        dates = [one.due_at for one in reasons if one.due_at is not None]
        row = {
            "reasons": [{"code": one.code, "said": one.said} for one in reasons],
            "due_at": min(dates, default=None),
        }
        async with self.database.write() as connection:
            waiting = await queries.open_retraining(connection)
            if waiting is None:
                made = {"id": new_id(now), "version": watched.version, "asked_at": now, **row}
                await queries.ask_for_retraining(connection, made)
            else:
                await queries.change_retraining(connection, waiting.id, **row)
        return reasons

    async def asked_at(self) -> datetime | None:
        """Since when a new model is asked for; None while there is no reason."""
        async with self.database.read() as connection:
            waiting = await queries.open_retraining(connection)
        return waiting.asked_at if waiting is not None else None

    async def retrainings(self, limit: int) -> list[dict[str, Any]]:
        """The models that were asked for last, the newest first, as plain JSON; `done_at` is None while one waits."""
        async with self.database.read() as connection:
            rows = await queries.last_retrainings(connection, limit)
        moments = ("asked_at", "due_at", "done_at")
        return [{**row._mapping} | {name: _iso(row._mapping[name]) for name in moments} for row in rows]

    async def shares(self, version: str, now: datetime) -> tuple[list[float], list[float]] | None:
        """Which shares of the reference, and of the last 7 days' scores, lie in each tenth of 0..1.

        None while there is no reference, or nothing to hold against it.
        """
        async with self.database.read() as connection:
            scores = await queries.watch(connection, "scores", version)
            week = [score for _, score in await log.scores(connection, version, now - _WEEK, now)]
        reference = scores.state.get("reference") if scores is not None else None
        return (tenths_of_counts(reference), tenths(week)) if reference and week else None

    async def traffic(self, now: datetime, days: int) -> Traffic:
        """What was read on each of the last *days* days of UTC, today's included, and how long it took."""
        edges = [_next_day(now) - timedelta(days=days - number) for number in range(days + 1)]
        async with self.database.read() as connection:
            every = await log.by_day(connection, edges)
            quantiles = [await log.latency(connection, edges[0], share) for share in (0.5, 0.95)]
        return Traffic(tuple(every), *quantiles)

    async def rollback_reasons(
        self, champion: str, since: datetime, before: str | None, now: datetime
    ) -> tuple[str, ...]:
        """Why the version before should answer again."""
        async with self.database.read() as connection:
            own = await log.window(connection, champion, since, now)
            other = await log.window(connection, before, since - _MONTH, since) if before else type(own)()
        return rollback_reasons(own, other)


def _wrong_shares(audits: Sequence[Row[Any]]) -> list[float]:
    """For each audited answer the share of its points that were read wrong."""
    found: dict[str, list[bool]] = {}
    for row in audits:
        found.setdefault(row.submission_id, []).append(row.truth != row.said)
    return [sum(one) / len(one) for one in found.values()]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None


def _next_day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


async def _set(connection: AsyncConnection, name: str, version: str, state: dict[str, Any], until: datetime) -> None:
    await queries.set_watch(connection, {"name": name, "version": version, "state": state, "seen_until": until})


async def _with_places(
    connection: AsyncConnection, state: dict[str, Any], version: str, day: datetime, end: datetime
) -> dict[str, Any]:
    """*state* with the places of one day: they are held against the first 4,000, once those are there."""
    if state.get("places"):
        return with_places(state, await queries.vectors_between(connection, version, day, end))
    if await queries.count_vectors(connection, version, end) < FEWEST_PLACES:
        return state
    return begin_places(state, await queries.first_vectors(connection, version, FEWEST_PLACES))


async def _look(connection: AsyncConnection, state: dict[str, Any], version: str, until: datetime) -> Look:
    scores = [score for _, score in await log.scores(connection, version, until - _WEEK, until)]
    now = [one for _, one in await queries.vectors_between(connection, version, until - _WEEK, until)][-MMD_ROWS:]
    first = await queries.first_vectors(connection, version, MMD_ROWS)
    return await asyncio.to_thread(look_at, state, scores, first, now, int(until.timestamp()))


async def _figures(connection: AsyncConnection, version: str, now: datetime) -> dict[str, float]:
    left, of = await log.abstentions(connection, now - _WEEK)
    heard = await log.audits(connection, version, now - _MONTH, now)
    people = await log.window(connection, version, now - _MONTH, now)
    truth, said = [row.truth for row in heard], [row.said for row in heard]
    found = {"abstention_ratio": left / of} if of else {}
    if heard:
        found["audited_f1"] = macro_f1(truth, said, CLAIM_STATES)
    if people.labelled:
        found["override_ratio"] = people.overridden / people.labelled
    return found
