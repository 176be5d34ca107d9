"""What may be learned from, and what happens when somebody withdraws: pure decisions."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Literal

from pydantic import ValidationError

from greenroom.grading.intake.duplicates import near_pairs, plain
from greenroom.grading.intake.errors import ContractBroken
from greenroom.grading.intake.schemas import AnswerRow, AnyRow, Checked, Found, PointRow, Refused, Row, Taken
from greenroom.grading.intake.scrubbing import mask, scrub, shared_terms

CONSENT_VERSION = 1
"""It grows with every change of the text, and who agreed to an older one is asked again."""

CONSENT_TEXT = (
    "Answers of mine that a person has decided on may be used to train the grader of this server. "
    "What looks like a name, an address or a number is taken out first, and so is every word that fewer than five "
    "people used. Nothing else depends on this: not my interviews, and not my reports. "
    "I can withdraw it at any time. Then, and when I delete my account, what was kept for training can no longer be "
    "read, and models that learned from it are trained anew."
)

Reason = Literal["withdrawn", "account-deleted", "by-admin", "key-gone"]


@dataclass(frozen=True)
class Contract:
    """What a batch must be. Shares are 0 to 1; those from `judged_from` rows of a sort on.

    `scores` is the range that a score may have. `largest_class` is what one decision may have of the rows of its sort.
    """

    scores: tuple[float, float] = (0.0, 100.0)
    most_rows: int = 200_000
    judged_from: int = 50
    largest_class: float = 0.95
    most_quarantined: float = 0.5
    most_empty: float = 0.2
    most_near_duplicates: float = 0.5


def check(found: Sequence[Found], contract: Contract | None = None) -> Checked:
    """Take the rows of *found* that can be learned from; the others are quarantined, each with its reason.

    Raises ContractBroken for more rows than a batch may have.
    """
    contract = contract or Contract()
    if len(found) > contract.most_rows:
        what = f"{len(found):,} rows are more than the {contract.most_rows:,} of a batch"
        raise ContractBroken(what, mend="cut the files into several batches")
    replaced: Counter[str] = Counter()
    looked_at = [_look(one, contract, replaced) for one in found]
    good = [one for one in looked_at if isinstance(one, Taken)]
    bad = [one for one in looked_at if isinstance(one, Refused)]
    taken, repeated = _without_repetitions(good)
    bad += repeated
    near = _near_duplicates(taken)
    facts = _facts(taken, near, replaced)
    return Checked(tuple(taken), tuple(bad), tuple(_problems(taken, bad, near, contract)), facts)


def _look(found: Found, contract: Contract, replaced: Counter[str]) -> Taken | Refused:
    reason = found.unreadable or (_misfit(found.values) if not found.unreadable else "")
    row: AnyRow | None = None
    if not reason:
        try:
            row = _sort(found.values).model_validate(dict(found.values))
        except ValidationError as error:
            reason = _said(error)
    if row is not None and isinstance(row, AnswerRow) and not _in_range(row.score, contract):
        low, high = contract.scores
        reason = f"score: {row.score:g} is not within {low:g} and {high:g}"
    names = found.subject.names if found.subject is not None else ()
    if reason or row is None:
        return Refused(found.source, found.place, reason[:400], _scrubbed_values(found.values, names), found.subject)
    return Taken(_scrubbed(row, names, replaced), found.source, found.place, found.subject)


def _misfit(values: Mapping[str, Any]) -> str:
    if "question_id" in values or "point" in values:
        return ""
    return "no column `question_id` (a short answer) and no column `point` (a point of a rubric)"


def _sort(values: Mapping[str, Any]) -> type[PointRow] | type[AnswerRow]:
    return AnswerRow if "question_id" in values else PointRow


def _said(error: ValidationError) -> str:
    """The first thing that is wrong, without what was given: it may be somebody's words."""
    errors = error.errors(include_input=False, include_url=False, include_context=False)
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(part) for part in first["loc"][:2])
    if first["type"] == "extra_forbidden":
        return f"unknown column {str(first['loc'][0])[:64]!r}"
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def _in_range(score: float | None, contract: Contract) -> bool:
    return score is None or contract.scores[0] <= score <= contract.scores[1]


def _scrubbed(row: AnyRow, names: Collection[str], replaced: Counter[str]) -> AnyRow:
    changed: dict[str, Any] = {}
    for name in ("answer", "question"):
        if hasattr(row, name):
            text, found = scrub(getattr(row, name), names)
            changed[name] = text
            replaced.update(found)
    if isinstance(row, AnswerRow):
        parts = [scrub(one, names) for one in row.references]
        changed["references"] = tuple(one.text for one in parts)
        for part in parts:
            replaced.update(part.replaced)
    return row.model_copy(update=changed)


def _scrubbed_values(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """What was found, for who mends it: texts scrubbed and cut, and anything deeper only named by its type."""
    kept: dict[str, Any] = {}
    for name, value in list(values.items())[:32]:
        shown = value if isinstance(value, int | bool | None) else str(value)[:2000]
        kept[scrub(str(name)[:64]).text] = scrub(shown, names).text if isinstance(shown, str) else shown
    return kept


def _without_repetitions(rows: Sequence[Taken]) -> tuple[list[Taken], list[Refused]]:
    """One row of those that say the same, for each candidate; none of those that contradict each other."""
    alike: dict[tuple[str, str, str], list[Taken]] = defaultdict(list)
    for one in rows:
        alike[one.row.sort, one.row.asked, plain(one.row.answer)].append(one)
    taken, bad = [], []
    for group in alike.values():
        if len({one.row.decision for one in group}) > 1:
            bad += [_refused(one, "the same answer is decided in different ways") for one in group]
            continue
        first = {_owner(one): one for one in reversed(group)}
        kept = [first[None]] if None in first else list(reversed(first.values()))
        taken += kept
        bad += [_refused(one, f"the same as {_place(kept[0])}") for one in group if all(one is not k for k in kept)]
    return taken, bad


def _owner(one: Taken) -> str | None:
    return one.subject.id if one.subject is not None else None


def _place(one: Taken) -> str:
    return one.place if one.subject is None else "a candidate's"


def _refused(one: Taken, reason: str) -> Refused:
    return Refused(one.source, one.place, reason[:400], one.row.model_dump(mode="json"), one.subject)


def _near_duplicates(rows: Sequence[Taken]) -> set[int]:
    """Which rows have a near duplicate among what was asked the same and decided the same. They stay.

    A word more or less is what a grader must tell apart, so only many of them are a problem.
    """
    groups: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(rows):
        groups[one.row.sort, one.row.asked, one.row.decision].append(number)
    found: set[int] = set()
    for group in groups.values():
        for left, right in near_pairs([rows[number].row.answer for number in group]):
            found |= {group[left], group[right]}
    return found


def _facts(rows: Sequence[Taken], near: Collection[int], replaced: Mapping[str, int]) -> dict[str, Any]:
    lengths = [len(one.row.answer) for one in rows]
    return {
        "sorts": dict(Counter(one.row.sort for one in rows)),
        "sources": dict(Counter(one.source for one in rows)),
        "decisions": {sort: dict(_decisions(rows, sort)) for sort in ("point", "answer") if _of(rows, sort)},
        "asked": len({(one.row.sort, one.row.asked) for one in rows}),
        "candidates": len({one.subject.id for one in rows if one.subject is not None}),
        "characters": {"least": min(lengths), "median": int(median(lengths)), "most": max(lengths)} if lengths else {},
        "near_duplicates": len(near),
        "scrubbed": dict(sorted(replaced.items())),
    }


def _of(rows: Iterable[Taken], sort: str) -> list[Taken]:
    return [one for one in rows if one.row.sort == sort]


def _decisions(rows: Iterable[Taken], sort: str) -> Counter[str]:
    """Labels or states; of rows with a score alone, how many have one."""
    named = (one.row for one in _of(rows, sort))
    return Counter(
        row.state if isinstance(row, PointRow) else row.label if row.label is not None else "score" for row in named
    )


def _problems(
    taken: Sequence[Taken], bad: Sequence[Refused], near: Collection[int], contract: Contract
) -> Iterable[str]:
    read = len(taken) + len(bad)
    if not taken:
        yield "no row was taken"
    if read >= contract.judged_from and len(bad) > contract.most_quarantined * read:
        yield f"{len(bad):,} of {read:,} rows are quarantined: is this the right file?"
    if len(taken) < contract.judged_from:
        return
    empty = sum(not one.row.answer.strip() for one in taken)
    if empty > contract.most_empty * len(taken):
        yield f"{empty:,} of {len(taken):,} answers are empty"
    if len(near) > contract.most_near_duplicates * len(taken):
        yield f"{len(near):,} of {len(taken):,} answers are nearly the same as another"
    for sort in ("point", "answer"):
        yield from _balance(sort, taken, contract)


def _balance(sort: str, taken: Sequence[Taken], contract: Contract) -> Iterable[str]:
    named = _decisions(taken, sort)
    labelled = {name: count for name, count in named.items() if name != "score" or sort == "point"}
    total = sum(labelled.values())
    if total >= contract.judged_from:
        name, count = max(labelled.items(), key=lambda one: one[1])
        if count > contract.largest_class * total:
            yield f"{count:,} of {total:,} {sort} rows are {name!r}: a model would learn to say nothing else"
    scores = {one.row.score for one in taken if isinstance(one.row, AnswerRow)} - {None}
    if sort == "answer" and named["score"] >= contract.judged_from and len(scores) < 2:
        yield "all scores are the same"


def masked(rows: Sequence[Taken], public: Iterable[str]) -> tuple[list[Taken], int]:
    """*rows* with the terms of candidates masked that fewer than five of them used; and how many rows that changed.

    Rows of the bank and of files, and the texts of *public*, are nobody's.
    """
    texts = [(one.subject.id if one.subject is not None else None, text) for one in rows for text in _texts(one.row)]
    known = shared_terms([*texts, *((None, text) for text in public)])
    made = [_masked(one, known) if one.subject is not None else one for one in rows]
    return made, sum(left is not right and left != right for left, right in zip(rows, made, strict=True))


def _texts(row: AnyRow) -> list[str]:
    return [row.answer] if isinstance(row, PointRow) else [row.answer, row.question, *row.references]


def _masked(one: Taken, known: frozenset[str]) -> Taken:
    row: Row = one.row.model_copy(update={"answer": mask(one.row.answer, known)})
    assert isinstance(row, PointRow | AnswerRow)
    return Taken(row, one.source, one.place, one.subject)


# Forgetting


@dataclass(frozen=True)
class Erasure:
    """Somebody's key was destroyed, and the snapshots that have rows of theirs."""

    subject: str
    reason: Reason
    erased_at: datetime
    retrain_by: datetime | None
    snapshots: tuple[str, ...]


@dataclass(frozen=True)
class Outstanding:
    """A model that must be trained anew, by when, and whose erasures are why."""

    model: str
    retrain_by: datetime
    subjects: tuple[str, ...]


def outstanding(
    erased: Iterable[Erasure],
    trained: Iterable[tuple[str, str]],
    read_at: Mapping[str, datetime] | None = None,
) -> list[Outstanding]:
    """The models among *trained* (pairs of model and snapshot) that know erased rows, the most urgent first.

    What was erased before a model's snapshot was read for it (*read_at*, where that is known) is not in it.
    """
    pairs, read_at = list(trained), read_at or {}
    found: dict[str, list[Erasure]] = defaultdict(list)
    for one in erased:
        for model in {model for model, snapshot in pairs if snapshot in one.snapshots}:
            if model not in read_at or one.erased_at >= read_at[model]:
                found[model].append(one)
    made = []
    for model, why in found.items():
        dates = [one.retrain_by for one in why if one.retrain_by is not None]
        if dates:
            made.append(Outstanding(model, min(dates), tuple(sorted(one.subject for one in why))))
    return sorted(made, key=lambda one: (one.retrain_by, one.model))
