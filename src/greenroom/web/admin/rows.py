"""What the admins' pages show, as plain data for a template. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from greenroom.accounts.audit import Entry
from greenroom.bank.models import Item, Kind
from greenroom.bank.syllabus import topic_titles
from greenroom.interview.disputes import Case, Hearing
from greenroom.interview.overruling import decidable_states
from greenroom.interview.switches import SwitchedItem
from greenroom.web import views


def entry(one: Entry, names: Mapping[str | None, str]) -> dict[str, Any]:
    """An entry of the audit: names in place of ids where there are any, and its details as words."""
    word, url = _subject(one, names)
    return {
        "at": one.at,
        "action": one.action.replace("-", " "),
        "actor": one.actor_id,
        "actor_name": names.get(one.actor_id),
        "subject_name": names.get(one.subject_id),
        "subject_word": word,
        "subject_url": url,
        "address": one.address,
        "details": {name: value for name, value in _flat(one.details) if name != "round"},
    }


def _subject(one: Entry, names: Mapping[str | None, str]) -> tuple[str, str | None]:
    """What something was done to, in few letters, and its page; where it has none, all that was done to it."""
    subject = one.subject_id
    if subject is None:
        return "–", None
    if subject in names:
        return names[subject], f"/admin/users/{subject}"
    if one.action.startswith("item-"):
        return subject, f"/admin/items/{subject}"
    if one.action.startswith("dispute"):
        return "the dispute", f"/admin/disputes/{subject}"
    return f"…{subject[-8:]}", f"/admin/audit?subject={quote(subject)}"


def _flat(details: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in details.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name} ")
        elif value is not None:
            yield f"{above}{name}".replace("_", " "), f"{value:g}" if isinstance(value, float) else str(value)


def item(one: SwitchedItem) -> dict[str, Any]:
    """An item with its switch."""
    head = one.item
    return {
        "slug": head.slug,
        "title": head.title,
        "topic": topic_titles()[head.topic],
        "kind": head.kind.value,
        "off": one.off,
    }


def case(one: Case, of: Item | None) -> dict[str, Any]:
    """A dispute in a list."""
    point = of.point_by_id.get(one.point) if of else None
    return {"case": one, "point_title": point.title if point else one.point}


def hearing(heard: Hearing) -> dict[str, Any]:
    """A dispute with what is needed to decide it."""
    one, item_of, finding, answer = heard.round, heard.item, heard.finding, heard.answer
    text = answer.text if answer else ""
    return case(heard.case, item_of) | {
        "topic": topic_titles()[item_of.topic] if item_of else one.topic,
        "prompt": item_of.prompt if item_of else None,
        "finding": views.finding_row(finding, item_of, one) if finding else None,
        "states": [{"id": state.value, "word": views.state_word(state)} for state in decidable_states(finding)]
        if finding
        else [],
        "answer": text,
        "answer_files": views.changed_files(item_of, text) if answer else None,
        "is_code": one.kind != Kind.concept.value,
        "follow_ups": [
            {"ask": _asked(heard, sub.point), "text": sub.text}
            for sub in one.submissions
            if sub.sort == "follow-up" and sub.point == heard.case.point
        ],
    }


def _asked(heard: Hearing, point: str | None) -> str:
    return next((follow.ask for follow in heard.round.follow_ups or () if follow.point == point), "")
