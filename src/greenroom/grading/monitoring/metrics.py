"""Figures for Prometheus: what this process has read, and what the database says of everybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SHARED = {
    "abstention_ratio": "Share of points left to people, last 7 days.",
    "audited_f1": "Macro-F1 over audited points, last 30 days.",
    "override_ratio": "Share of points with a person's word that it overrode, last 30 days.",
    "score_drift_e": "Highest value of the e-process over scores.",
    "error_rise_e": "Highest value of the e-process over audited errors.",
    "text_drift_e": "Highest value of the e-process over where answers lie among others.",
    "score_psi": "Population stability index of the last 7 days' scores beside the reference.",
    "score_psi_threshold": "What chance alone exceeds once in a hundred looks.",
    "text_mmd_p": "Permutation p-value of the last 7 days' answers beside the first ones, by embedding.",
    "audit_ratio": "Share of answers that are drawn for an audit.",
}


@dataclass
class Outcome:
    """How a reading ended."""

    failed: bool = False
    abstained: int = 0


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._latency = Histogram(
            "greenroom_grader_seconds", "Time to read one batch.", ["version"], buckets=_BUCKETS,
            registry=self._registry,
        )  # fmt: skip
        self._rows = Counter("greenroom_grader_points", "Points read.", ["version"], registry=self._registry)
        self._errors = Counter("greenroom_grader_errors", "Batches that failed.", ["version"], registry=self._registry)
        self._abstained = Counter(
            "greenroom_grader_abstentions", "Points left to people.", ["version"], registry=self._registry
        )
        self._versions: dict[str, tuple[Histogram, Counter, Counter, Counter]] = {}
        self._queue = Gauge("greenroom_grader_queue", "Points that wait.", registry=self._registry)
        self._shared = {
            name: Gauge(f"greenroom_grader_{name}", text, registry=self._registry) for name, text in _SHARED.items()
        }
        for gauge in self._shared.values():
            gauge.set(float("nan"))  # not known yet, which is not 0

    def watch_queue(self, waiting: Callable[[], int]) -> None:
        """Ask *waiting* for the length of the queue whenever the figures are read."""
        self._queue.set_function(waiting)

    @contextmanager
    def reading(self, version: str, rows: int) -> Iterator[Outcome]:
        """Measure the reading of *rows* points by a version; an exception counts as a failure."""
        outcome, began = Outcome(), time.perf_counter()
        try:
            yield outcome
        except BaseException:
            outcome.failed = True
            raise
        finally:
            took = time.perf_counter() - began
            self.read(version, rows, took, outcome.abstained, failed=outcome.failed)

    def read(self, version: str, rows: int, seconds: float, abstained: int, *, failed: bool = False) -> None:
        """A version read *rows* points within *seconds*, and left *abstained* of them to people."""
        latency, points, errors, abstentions = self._counted(version)
        latency.observe(seconds)
        points.inc(rows)
        if failed:
            errors.inc()
        if abstained:
            abstentions.inc(abstained)

    def _counted(self, version: str) -> tuple[Histogram, Counter, Counter, Counter]:
        """The figures of *version*, looked up once: that takes longer than to count."""
        found = self._versions.get(version)
        if found is None:
            found = self._versions[version] = (
                self._latency.labels(version),
                self._rows.labels(version),
                self._errors.labels(version),
                self._abstained.labels(version),
            )
        return found

    def share(self, values: Mapping[str, float]) -> None:
        """Set the figures that every server has alike; names that are not given stay as they are."""
        for name, value in values.items():
            self._shared[name].set(value)

    def text(self) -> bytes:
        """All of them in Prometheus' text format."""
        return generate_latest(self._registry)
