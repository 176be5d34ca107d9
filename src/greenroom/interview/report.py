"""The report: where the candidate stands, with the evidence, and what to practise. Pure.

Never a bare score and never a hire probability: per topic a median with a 90 % credible interval and the
amount of evidence, or "not enough evidence".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from greenroom.ability.estimate import Ability, Observation, estimate
from greenroom.bank.findings import Finding, share
from greenroom.bank.models import Item, Topic
from greenroom.interview.catalogue import Catalogue
from greenroom.interview.practice import Practice, practise
from greenroom.interview.rules import (
    Interview,
    Round,
    best_answer,
    final_findings,
    hint_cost,
    observations_of,
    round_share,
)


@dataclass(frozen=True)
class RoundReport:
    """One asked round in the report."""

    round: Round
    item: Item | None
    findings: tuple[Finding, ...]
    verdict: str | None
    share: float
    hint_cost: float
    tries: int
    late_s: float
    debrief: str

    @property
    def decided(self) -> bool:
        """Whether the round says anything: not so after a judge error or when it was never reached."""
        return bool(self.findings)


@dataclass(frozen=True)
class TopicReport:
    """A topic's ability, the share that was forecast and the share that was earned."""

    topic: Topic
    ability: Ability
    forecast: float | None
    share: float | None


@dataclass(frozen=True)
class Report:
    """Everything that the report page and `--json` show."""

    interview: Interview
    topics: tuple[TopicReport, ...]
    rounds: tuple[RoundReport, ...]
    practise: tuple[Practice, ...]

    @property
    def not_reached(self) -> int:
        """Rounds that were planned and never opened, or left when the interview was ended."""
        return sum(one.round.done_at is None for one in self.rounds)


def build(interview: Interview, catalogue: Catalogue, now: datetime) -> Report:
    """The report of *interview* as it stands."""
    pairs = [(catalogue.get(one.item), one) for one in interview.rounds]
    rounds = tuple(_round(item, one) for item, one in pairs)
    seen = observations_of(pairs)
    topics = tuple(
        _topic(topic, interview, [row for row in seen if row[0].topic is topic])
        for topic in Topic
        if topic in interview.topics
    )
    results = [
        (one.item, one.share, tuple(f.point for f in one.findings if f.earned < 0.5))
        for one in rounds
        if one.item is not None and one.decided and one.round.done_at is not None
    ]
    return Report(interview, topics, rounds, practise(results, catalogue.items, now.date()))


def _round(item: Item | None, one: Round) -> RoundReport:
    answer = best_answer(one)
    tries = [sub for sub in one.submissions if sub.sort == "answer"]
    verdict = answer.verdict if answer else (tries[-1].verdict if tries else None)
    return RoundReport(
        round=one,
        item=item,
        findings=final_findings(item, one) if one.done_at is not None else (),
        verdict=verdict,
        share=round_share(item, one),
        hint_cost=hint_cost(item, one),
        tries=len(tries),
        late_s=answer.late_s if answer else 0.0,
        debrief=item.debrief if item else "",
    )


def _topic(topic: Topic, interview: Interview, seen: Sequence[tuple[Item, float, int]]) -> TopicReport:
    observations = [
        Observation(earned, points, item.head.difficulty.b, item.head.difficulty.error) for item, earned, points in seen
    ]
    return TopicReport(
        topic=topic,
        ability=estimate(observations),
        forecast=(interview.forecast or {}).get(topic.value),
        share=sum(earned for _, earned, _ in seen) / len(seen) if seen else None,
    )


def as_json(report: Report) -> dict[str, Any]:
    """The report with DESIGN's stable keys (section 8)."""
    interview = report.interview
    return {
        "interview": {
            "id": interview.id,
            "state": interview.state,
            "started_at": interview.started_at.isoformat() if interview.started_at else None,
            "finished_at": interview.finished_at.isoformat() if interview.finished_at else None,
            "minutes": interview.minutes,
            "level": interview.level,
            "not_reached": report.not_reached,
        },
        "topics": {row.topic.value: _topic_json(row) for row in report.topics},
        "rounds": [_round_json(row) for row in report.rounds],
        "practise": [
            {
                "topic": one.topic.value,
                "tag": one.tag,
                "because": one.because,
                "item": one.item,
                "next_item": one.next_item,
                "on": one.on.isoformat(),
            }
            for one in report.practise
        ],
    }


def _topic_json(row: TopicReport) -> dict[str, Any]:
    low, median, high = row.ability.expected_share()
    return {
        "median": round(row.ability.median, 2),
        "low": round(row.ability.low, 2),
        "high": round(row.ability.high, 2),
        "evidence": row.ability.evidence,
        "rounds": row.ability.rounds,
        "enough": row.ability.enough,
        "expected_share": {"low": round(low, 2), "median": round(median, 2), "high": round(high, 2)},
        "forecast": row.forecast,
        "share": round(row.share, 3) if row.share is not None else None,
    }


def _round_json(row: RoundReport) -> dict[str, Any]:
    return {
        "item": row.round.item,
        "title": row.round.title,
        "topic": row.round.topic,
        "kind": row.round.kind,
        "verdict": row.verdict,
        "findings": [finding.told() for finding in row.findings],
        "share": round(row.share, 3),
        "answered_share": round(share(row.findings), 3),
        "hints": row.round.hints_used,
        "hint_cost": row.hint_cost,
        "tries": row.tries,
        "spent_s": round(row.round.spent_s, 1),
        "limit_s": row.round.limit_s,
        "late_s": round(row.late_s, 1),
        "away_s": round(row.round.away_s, 1),
        "skipped": row.round.skipped,
        "reached": row.round.done_at is not None,
    }
