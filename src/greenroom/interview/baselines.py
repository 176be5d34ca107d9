"""What a lab's checks say of its starter: the "before" beside the candidate's "after" in debrief and report."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from uuid import UUID

from greenroom.bank.findings import Finding
from greenroom.bank.models import Item
from greenroom.bank.projects import first_draft
from greenroom.judge.places import Place
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.scoring import said_of
from greenroom.judge.service import Judge

_MOST = 64

Before = Mapping[str, Mapping[str, str]]
"""By point, by check: what was measured of the starter."""


class Baselines:
    """Judges each lab's starter once and remembers what was measured. Thread-safe; both calls block for a run."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._known: OrderedDict[tuple[UUID, int], Before] = OrderedDict()
        self._under_way: set[tuple[UUID, int]] = set()
        self._lock = threading.Lock()

    def make_ready(self, item: Item) -> None:
        """Measure the starter of the lab *item* ahead, unless it is known or somebody does so. Raises CapacityError."""
        key = (item.head.uuid, item.head.version)
        with self._lock:
            if key in self._known or key in self._under_way:
                return
            self._under_way.add(key)
        try:
            self.of(item, None)
        finally:
            with self._lock:
                self._under_way.discard(key)

    def of(self, item: Item, place: Place | None) -> Before:
        """What was measured of the starter of the lab *item*; nothing when the judge could not tell.

        It is measured in *place*, if at all. Nobody waits here for another's run, who may wait for this place.
        """
        key = (item.head.uuid, item.head.version)
        with self._lock:
            if key in self._known:
                return self._known[key]
        run = self._judge.run(item, first_draft(item), place=place)
        if run.verdict is Verdict.judge_error:  # whoever hands in is told; it is tried again next time
            return {}
        found = _measured(item, run)
        with self._lock:
            self._known[key] = found
            while len(self._known) > _MOST:
                self._known.popitem(last=False)
        return found


def _measured(item: Item, run: RunResult) -> Before:
    return {
        point.id: {row["check"]: row["after"] for row in said_of(point, run)}
        for point in item.head.rubric
        if point.measure is not None
    }


def compared(run: RunResult, before: Before) -> RunResult:
    """*run* with what was measured *before* beside what its findings quote."""
    return run.model_copy(update={"findings": tuple(_with(finding, before) for finding in run.findings)})


def _with(finding: Finding, before: Before) -> Finding:
    known = before.get(finding.point, {})
    rows = [
        {"check": row["check"], "before": known.get(row["check"]), "after": row["after"]}
        for row in finding.evidence.get("measured", ())
    ]
    return finding.model_copy(update={"evidence": finding.evidence | {"measured": rows}}) if rows else finding
