"""What pages show, built from what the interview knows: plain data, ready for a template. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from greenroom.bank.findings import Finding, State, share
from greenroom.bank.models import Case, Item, Kind, Topic
from greenroom.bank.projects import ProjectError, editable, parsed
from greenroom.bank.syllabus import topic_titles
from greenroom.interview import drafts
from greenroom.interview.planning import Plan
from greenroom.interview.report import Report, RoundReport
from greenroom.interview.rules import (
    Interview,
    Round,
    StepName,
    best_answer,
    disputable,
    final_findings,
    hint_cost,
    remaining,
    unsent,
)
from greenroom.interview.service import Place
from greenroom.judge.choosing import choices
from greenroom.judge.languages import file_name, title_of
from greenroom.web import design_views
from greenroom.web.changes import changed_lines
from greenroom.web.charts import Bar, interval_chart

LEVELS = {"mixed": "Mixed", "easy": "Easy", "medium": "Medium", "hard": "Hard"}

_WORDS = {
    "met": ("✓", "met"),
    "present": ("✓", "said"),
    "missed": ("✗", "missed"),
    "absent": ("–", "not said"),
    "contradicted": ("✗", "contradicted"),
    "unsure": ("?", "unsure"),
}


def setup(items: Sequence[Item], warm_up: Item | None) -> dict[str, Any]:
    """The set-up page, where *items* may be asked."""
    titles = topic_titles()
    counts = Counter(item.topic for item in items)
    topics = [{"id": topic.value, "title": titles[topic], "count": counts[topic]} for topic in Topic]
    return {"topics": topics, "levels": LEVELS, "minutes": 60, "has_warm_up": warm_up is not None}


def plan(made: Plan, minutes: int) -> dict[str, Any]:
    """What the time allows."""
    titles = topic_titles()
    return {
        "rounds": len(made.items),
        "minutes": made.minutes,
        "asked_for": minutes,
        "topics": [titles[topic] for topic in dict.fromkeys(item.topic for item in made.items)],
        "left_out": [titles[topic] for topic in made.left_out],
    }


def forecast(one: Interview) -> dict[str, Any]:
    """The page before the first round."""
    titles = topic_titles()
    asked = list(dict.fromkeys(row.topic for row in one.rounds))
    return {
        "interview_id": one.id,
        "topics": [{"id": topic, "title": titles[Topic(topic)]} for topic in asked],
        "rounds": len(one.rounds),
        "minutes": sum(row.limit_s for row in one.rounds) // 60,
    }


def paused(one: Interview) -> dict[str, Any]:
    """The page of an interview that waits to go on."""
    done = sum(row.done_at is not None for row in one.rounds)
    return {"interview_id": one.id, "state": one.state, "done": done, "rounds": len(one.rounds)}


def round_screen(
    place: Place, now: datetime, visible: Sequence[dict[str, Any]], before: int | None = None
) -> dict[str, Any]:
    """The interview screen. *before* is how many runs come before the submission that waits."""
    item, one, interview = place.item, place.round, place.interview
    assert item is not None
    step = place.step
    answer = best_answer(one)
    asked = step.follow_up
    draft = drafts.current(one, asked.point if asked and step.name is StepName.follow_up else None)
    return {
        **round_head(interview, one, item),
        "prompt": item.prompt,
        "step": step.name.value,
        "is_code": item.kind is not Kind.concept,
        "project": _project(item),
        "design": design_views.desk(item, one),
        "signature": _signature(item),
        "limits": item.head.limits,
        "visible": visible,
        "draft": draft.text,
        "revision": draft.revision,
        "draft_at": draft.saved_at,
        "language": draft.language or "python",
        "languages": _languages(item),
        "token": uuid4().hex,
        "remaining_s": round(remaining(one, now)),
        "running": one.running_since is not None,
        "hints": [{"text": hint.text, "cost": hint.cost} for hint in item.hints[: one.hints_used]],
        "hints_total": len(item.hints),
        "next_hint_cost": item.hints[one.hints_used].cost if one.hints_used < len(item.hints) else None,
        "tries": [tried(sub) for sub in one.submissions if sub.sort == "answer" and sub.state == "done"],
        "stream": f"/rounds/{one.id}/submissions/{step.submission.id}/stream" if step.submission else None,
        "before": before,
        "judging_words": step.submission is not None
        and (item.kind is Kind.concept or step.submission.sort != "answer"),
        "follow_up": asked.ask if asked else None,
        "point": asked.point if asked else None,
        "unsure": [{"key": u.key, "claim": u.claim, "quote": u.quote} for u in step.unsure],
        "answer": answer.text if answer and step.name in (StepName.follow_up, StepName.self_judge) else None,
        "answer_files": changed_files(item, answer.text) if answer else None,
    }


def _languages(item: Item) -> list[dict[str, str]]:
    """The languages to choose from, with what the editor needs for each."""
    return [
        {"name": one.name, "title": one.title, "starter": one.starter, "file": file_name(one.name, one.starter)}
        for one in choices(item)
    ]


def _project(item: Item) -> dict[str, Any] | None:
    """The files of a lab as they were at first, whether each may be changed, and what may be added; None for others."""
    if item.head.lab is None:
        return None
    files = [
        {"path": path, "text": text, "editable": editable(item, path)} for path, text in sorted(item.starter.items())
    ]
    return {"files": files, "add": item.head.lab.add}


def changed_files(item: Item | None, text: str) -> list[dict[str, Any]] | None:
    """What was changed in a project that was handed in, as a diff for each file; None for other answers."""
    if item is None or not item.kind.is_lab:
        return None
    try:
        files = parsed(text)
    except ProjectError:
        return None
    found = {path: content.decode("utf-8") for path, content in files.items()}
    changed = [(path, text) for path, text in found.items() if item.starter.get(path) != text]
    return [{"path": path, "lines": changed_lines(item.starter.get(path, ""), text)} for path, text in changed]


def _signature(item: Item) -> str | None:
    """The head of the function to write, unless the prompt has it already."""
    code = item.head.code
    if code is None or code.form != "function":
        return None
    said = code.signature.removeprefix("def ").removesuffix(":") in item.prompt
    return None if said else code.signature


def round_head(interview: Interview, one: Round, item: Item | None) -> dict[str, Any]:
    """Which round of how many, and what it is."""
    return {
        "interview_id": interview.id,
        "round_id": one.id,
        "warm_up": interview.warm_up,
        "number": one.position + 1,
        "rounds": len(interview.rounds),
        "title": one.title,
        "topic": topic_titles()[Topic(one.topic)],
        "kind": one.kind,
        "level": item.head.difficulty.level if item else "",
        "minutes": one.limit_s // 60,
    }


def tried(submission: Any) -> dict[str, Any]:
    """A submission that was run: its verdict and how many cases passed, of all that there are."""
    result = submission.result or {}
    cases = result.get("cases", [])
    left_out = sum(result.get("not_run", {}).values())
    return {
        "verdict": submission.verdict,
        "message": result.get("message"),
        "passed": sum(case["verdict"] == "accepted" for case in cases),
        "total": len(cases) + left_out,
        "left_out": left_out,
        "cases": cases,
        "share": share(submission.findings),
        "late_s": submission.late_s,
    }


def visible_case(item: Item, case: Case) -> dict[str, Any]:
    """A visible case as an example: the call or the input, and what is expected.

    Where several answers may be right (a checker decides) or an oracle computes it, nothing is `expected`.
    """
    code = item.head.code
    assert code is not None
    several = code.compare == "checker"
    known = "expect" in case.model_fields_set and not several
    example = {"name": case.name, "several": several, "is_call": code.form == "function"}
    if code.form == "function":
        call = f"{code.entry}({', '.join(repr(argument) for argument in case.args or ())})"
        return example | {"input": call, "expected": repr(case.expect) if known else None}
    return example | {"input": case.stdin or "", "expected": str(case.expect) if known else None}


def state_word(state: State) -> str:
    """How pages call the state of a finding."""
    return _WORDS[state.value][1]


def finding_row(finding: Finding, item: Item | None, one: Round) -> dict[str, Any]:
    """A finding with its point's title, a symbol, a word, the evidence as sentences, and what was said against it."""
    point = item.point_by_id.get(finding.point) if item else None
    symbol, word = _WORDS[finding.state.value]
    evidence = finding.evidence
    follow = evidence.get("follow_up")
    facts = {
        name: {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        for name, value in evidence.items()
        if name not in ("quote", "nearest", "follow_up", "similarity") and not isinstance(value, dict | list)
    }
    measured = _telling(_listed(evidence.get("measured") or []))
    return {
        "point": finding.point,
        "title": point.title if point else finding.point,
        "claim": point.claim if point else None,
        "symbol": symbol,
        "word": word,
        "state": finding.state.value,
        "worth": finding.worth,
        "of": finding.of,
        "confidence": finding.confidence,
        "quote": evidence.get("quote"),
        "facts": facts,
        "measured": measured,
        "compared": any(one.get("before") for one in measured),
        "self_judged": finding.self_judged,
        "follow_up": {"state": follow.get("state"), "quote": follow.get("quote")} if isinstance(follow, dict) else None,
        "decision": _decision(evidence.get("decision"), finding.of),
        "disputes": [dispute for dispute in one.disputes if dispute.point == finding.point],
        "disputable": disputable(one, finding),
    }


def _decision(decision: Any, of: float) -> dict[str, Any] | None:
    """What the finding was before an admin changed it."""
    if not isinstance(decision, dict):
        return None
    before = decision["before"]
    return {"word": _WORDS[before["state"]][1], "worth": before["earned"] * of, "answer": decision["answer"]}


def _listed(measured: Any) -> list[dict[str, Any]]:
    """What was measured check by check; of estimates, what was said and what it is."""
    if not isinstance(measured, dict):
        return list(measured)
    return [
        {"check": name, "after": f"{one['estimate']:g} was said, it is {one['reference']:g}"}
        for name, one in measured.items()
        if one.get("reference") is not None
    ]


def _telling(measured: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was measured otherwise before than after; all of it where nothing was."""
    return [one for one in measured if one.get("before") != one.get("after")] or list(measured)


def debrief(place: Place) -> dict[str, Any]:
    """The page after a round."""
    item, one, interview = place.item, place.round, place.interview
    findings = final_findings(item, one) if one.done_at is not None else ()
    answer = best_answer(one)
    tries = [sub for sub in one.submissions if sub.sort == "answer"]
    cost = hint_cost(item, one)
    return {
        **round_head(interview, one, item),
        "findings": [finding_row(finding, item, one) for finding in findings],
        "earned": sum(finding.worth for finding in findings) * (1 - cost),
        "of": sum(finding.of for finding in findings),
        "hint_cost": cost,
        "skipped": one.skipped,
        "verdict": answer.verdict if answer else (tries[-1].verdict if tries else None),
        "answer": answer.text if answer else None,
        "answer_files": changed_files(item, answer.text) if answer else None,
        "is_code": one.kind != Kind.concept.value,
        "language": title_of(answer.language) if answer and answer.language else None,
        "reached": one.done_at is not None,
        "unsent": unsent(item, one),
        "debrief": item.debrief if item else "",
        "design": design_views.shown(answer),
        "last": interview.current is None or interview.state == "finished",
        "finished": interview.state == "finished",
        "dispute_at": None,
        "dispute_error": None,
        "dispute_words": "",
    }


def report(made: Report) -> dict[str, Any]:
    """The report page."""
    titles = topic_titles()
    rows = []
    bars = []
    for topic in made.topics:
        low, median, high = topic.ability.expected_share()
        title = titles[topic.topic]
        rows.append(
            {
                "title": title,
                "median": median,
                "low": low,
                "high": high,
                "enough": topic.ability.enough,
                "points": topic.ability.evidence,
                "rounds": topic.ability.rounds,
                "forecast": topic.forecast,
                "share": topic.share,
            }
        )
        bars.append(Bar(title, low, median, high, topic.ability.enough, topic.forecast))
    described = (
        "For each topic a bar for the 90 % credible interval and a dot for the median; the table below has the numbers."
    )
    title = "Share of the points expected on a medium question"
    return {
        "interview": made.interview,
        "not_reached": made.not_reached,
        "topics": rows,
        "chart": interval_chart(bars, title=title, description=described),
        "rounds": [_round_row(one) for one in made.rounds],
        "practise": [
            {
                "topic": titles[one.topic],
                "tag": one.tag,
                "item": one.item,
                "because": one.because,
                "next_item": one.next_item,
                "on": one.on,
            }
            for one in made.practise
        ],
    }


def _round_row(one: RoundReport) -> dict[str, Any]:
    return {
        "id": one.round.id,
        "number": one.round.position + 1,
        "title": one.round.title,
        "topic": topic_titles()[Topic(one.round.topic)],
        "kind": one.round.kind,
        "verdict": one.verdict,
        "share": one.share,
        "decided": one.decided,
        "reached": one.round.done_at is not None,
        "skipped": one.round.skipped,
        "unsent": bool(unsent(one.item, one.round)),
        "tries": one.tries,
        "hint_cost": one.hint_cost,
        "late_s": one.late_s,
        "away_s": one.round.away_s,
        "spent_s": one.round.spent_s,
        "limit_s": one.round.limit_s,
        "findings": [finding_row(finding, one.item, one.round) for finding in one.findings],
    }
