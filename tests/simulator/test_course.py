"""The course of a run that goes on: it changes nothing, it is short, and in the end it is what the result says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from greenroom.simulator.design.model import Design
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.course import MOST_QUEUES, MOST_SPANS, Course
from greenroom.simulator.runs.outcomes import measured
from greenroom.simulator.runs.running import Samples, Underway, simulated
from greenroom.simulator.runs.telling import told

DESIGNS = Path(__file__).parent / "designs"
SEEDS = 3
SLOW = """
round: {slo: {rps: 20, p99_ms: 2500}}
net_ms: 0
nodes: {work: {kind: worker, copies: 100, ms: 2000, law: constant, why: it is long}}
flows: {all: "work"}
"""
OVERLOADED = """
round: {slo: {rps: 200, p99_ms: 100}}
net_ms: 0
nodes: {work: {kind: worker, copies: 1, ms: 6.5, law: constant}}
flows: {all: "work"}
"""


def design(name: str) -> Design:
    return read((DESIGNS / f"{name}.yaml").read_text(encoding="utf-8"))


class Watching:
    """What the course said after each simulated second."""

    def __init__(self) -> None:
        self.course = Course()
        self.said: list[dict[str, Any] | None] = []

    def see(self, run: Underway) -> None:
        self.course.see(run)
        self.said.append(self.course.told())

    @property
    def known(self) -> list[dict[str, Any]]:
        return [one for one in self.said if one is not None]


def arrays(samples: Samples) -> list[bytes]:
    series = ("busy", "waiting", "up", "served", "batches", "batched")
    return [
        array.tobytes()
        for run in samples.runs
        for array in (run.took, run.stream.times, *(getattr(run.series, name) for name in series))
    ]


@pytest.mark.parametrize(("name", "seconds"), [("cold-cache", 14.0), ("fraud-scoring", 6.5), ("shop-page", 20.0)])
def test_a_run_that_is_watched_is_the_same_to_the_bit_and_ends_as_its_course(name: str, seconds: float) -> None:
    watching = Watching()
    alone = simulated(design(name), seconds, 1, SEEDS)
    watched = simulated(design(name), seconds, 1, SEEDS, watch=watching.see)
    assert arrays(watched) == arrays(alone)
    assert [run.sites for run in watched.runs] == [run.sites for run in alone.runs]

    result, course = told(measured(alone)), watching.known[-1]
    for column in ("offered_rps", "goodput_rps", "errors_pct", "p99_ms"):
        assert course["over_time"][column] == pytest.approx(result["over_time"][column], rel=1e-5, abs=1e-9), column
    assert len(course["queues"]) == min(MOST_QUEUES, len(result["queues"]))
    for node, column in course["queues"].items():
        assert column == pytest.approx(result["queues"][node], rel=1e-5, abs=1e-9), node
    fullest = sorted((max(column) for column in result["queues"].values()), reverse=True)
    assert [max(column) for column in course["queues"].values()] == pytest.approx(fullest[:MOST_QUEUES], rel=1e-5)
    assert [one["at_s"] for one in course["faults"]] == [one["at_s"] for one in result["faults"]]


def test_the_first_seed_grows_second_by_second_and_later_ones_are_its_mean() -> None:
    watching = Watching()
    samples = simulated(design("cold-cache"), 12.0, 1, 2, watch=watching.see)
    lengths = [len(one["over_time"]["offered_rps"]) for one in watching.known]
    assert lengths[:12] == [*range(1, 12), 12]  # the newest second is held back until the run is over
    assert set(lengths[12:]) == {12}
    first, second = (np.bincount((run.stream.times // 1000).astype(int), minlength=12) for run in samples.runs)
    at_seven = next(one for one in watching.known if one["run"] == 1 and one["second"] == 7)
    assert at_seven["over_time"]["offered_rps"] == list(first[:6])
    later = next(one for one in watching.known if one["run"] == 2 and one["second"] == 7)
    assert later["over_time"]["offered_rps"] == pytest.approx([*(first[:6] + second[:6]) / 2, *first[6:]])
    assert (later["runs"], later["seconds"], later["every_s"]) == (2, 12.0, 1)


def test_a_request_that_is_under_way_is_no_error_and_counts_when_it_is_answered() -> None:
    watching = Watching()
    simulated(read(SLOW), 10.0, 1, 1, watch=watching.see)
    assert all(set(one["over_time"]["errors_pct"]) == {0.0} for one in watching.known)
    assert all(0.0 not in one["over_time"]["goodput_rps"] for one in watching.known)
    assert watching.known[-1]["over_time"]["goodput_rps"] == watching.known[-1]["over_time"]["offered_rps"]


def test_a_percentile_is_told_when_it_is_known_and_not_when_only_the_quick_have_been_answered() -> None:
    watching = Watching()
    simulated(read(OVERLOADED), 10.0, 1, 1, watch=watching.see)
    last = watching.known[-1]["over_time"]["p99_ms"]
    assert last[9] > 1.5 * last[4] > 1_500
    going_on = [one["over_time"]["p99_ms"] for one in watching.known[:-1]]
    assert any(None in said for said in going_on)
    for said in going_on:
        known = [one for one in said if one is not None]
        assert known == pytest.approx(last[: len(known)], rel=0.05)


def test_a_long_run_has_no_more_spans_than_are_told_and_they_are_means() -> None:
    small = replace(design("cold-cache"), faults=())
    watching, seconds = Course(), 301.0
    samples = simulated(small, seconds, 1, 1, watch=watching.see)
    course = watching.told()
    assert course is not None
    assert course["every_s"] == 3
    assert len(course["over_time"]["p99_ms"]) == 101 <= MOST_SPANS
    came = np.bincount((samples.runs[0].stream.times // 3000).astype(int), minlength=101)
    assert course["over_time"]["offered_rps"] == pytest.approx(list(came / 3), rel=1e-5)
    areas = samples.runs[0].series.waiting[::3, _places(samples, "db")].sum(axis=1)
    assert course["queues"]["db"][:100] == pytest.approx(list(np.diff(areas) / 3000), rel=1e-5)


def _places(samples: Samples, node: str) -> list[int]:
    return [place for place, one in enumerate(samples.watched) if one.node == node]


def test_nothing_is_told_before_anything_has_happened() -> None:
    assert Course().told() is None
