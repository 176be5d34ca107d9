"""What the runs of a design have shown: means over the seeds with 95 % intervals, and verdicts."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from greenroom.simulator.columns import Floats, Ints
from greenroom.simulator.design.model import Design, Fault
from greenroom.simulator.runs.declared import loads, lost_seconds, mean_rps, single_points, usd_month
from greenroom.simulator.runs.running import Sample, Samples

Verdict = Literal["met", "missed", "marginal"]

_STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
            2.120, 2.110, 2.101, 2.093)  # fmt: skip
"""The 97.5 % quantile of Student's t, from one degree of freedom on."""
_WARM_S = 5.0
RECOVERED = 0.95
"""A system has recovered when its goodput is so much of what it was before the fault."""


@dataclass(frozen=True)
class Interval:
    """A mean over the seeds and its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Interval:
        """The interval of the mean of *values*, by Student's t; those that are no numbers are left out."""
        known = [one for one in values if math.isfinite(one)]
        if not known:
            return cls(math.nan, math.nan, math.nan)
        mean = float(np.mean(known))
        if len(known) == 1:
            return cls(mean, mean, mean)
        degrees = min(len(known) - 1, len(_STUDENT))
        reach = _STUDENT[degrees - 1] * float(np.std(known, ddof=1)) / math.sqrt(len(known))
        return cls(mean, max(0.0, mean - reach), mean + reach)

    def held_to(self, limit: float) -> Verdict:
        """Whether it is at most *limit*."""
        if not math.isfinite(self.value):
            return "missed"
        if self.high <= limit:
            return "met"
        return "missed" if self.low > limit else "marginal"


@dataclass(frozen=True)
class Use:
    """How a node's part was used in the steady part of the runs; *queue*: how many waited in the mean."""

    node: str
    part: str
    utilisation: float
    queue: float
    served_rps: float
    copies: float
    batch_fill: float | None
    counts: bool


@dataclass(frozen=True)
class Judged:
    """One limit of the SLO; *declared*: it follows from the declaration, and was not simulated."""

    name: str
    limit: float
    found: Interval
    verdict: Verdict
    declared: bool


@dataclass(frozen=True)
class Endured:
    """What a fault did. Shares are good answers over requests; *back_s*: seconds after its end until it was over."""

    fault: Fault
    before: float
    worst: float
    back_s: float | None
    watched_s: float

    @property
    def state(self) -> str:
        """`unharmed`, `recovered` or `down` (it was not over when the run, or the time to the next fault, was)."""
        if self.back_s is None:
            return "down"
        return "unharmed" if self.worst >= RECOVERED * self.before else "recovered"


@dataclass(frozen=True)
class Outcome:
    """All of it."""

    design: Design
    seconds: float
    seeds: tuple[int, ...]
    steady: tuple[float, float]
    latency: dict[str, Interval]
    mean_ms: Interval
    throughput: Interval
    goodput: Interval
    errors: Interval
    uses: tuple[Use, ...]
    bottleneck: Use | None
    slo: tuple[Judged, ...]
    faults: tuple[Endured, ...]
    single_points: tuple[str, ...]
    lost_s: dict[str, float]
    usd_month: float
    over_time: dict[str, list[float]]
    queues: dict[str, list[float]]
    calls: dict[str, dict[str, float]]
    notes: tuple[str, ...] = field(default=())

    @property
    def rpo_s(self) -> float:
        """The longest loss of data."""
        return max(self.lost_s.values(), default=0.0)


def hardly_asked(outcome: Outcome) -> set[str]:
    """Nodes with `fallback: skip` of whose calls less than half bring an answer in time, or are made at all."""
    design, load = outcome.design, loads(outcome.design)
    found = set()
    for name, rule in design.calls.items():
        visits = load[name].visits if rule.fallback == "skip" and name in load else 0.0
        if visits:
            late = sum(one["timeouts"] for site, one in outcome.calls.items() if site.startswith(f"{name} call"))
            served = sum(use.served_rps for use in outcome.uses if use.node == name and use.part in ("", "replicas"))
            rate = visits * mean_rps(design)
            if served / rate < 0.5 or late / (rate * outcome.seconds) > 0.5:
                found.add(name)
    return found


def steady_part(design: Design, seconds: float) -> tuple[float, float]:
    """From when to when, in seconds, the runs are steady: warm, and before the first fault."""
    end = min([seconds, *(fault.at_s for fault in design.faults if fault.at_s >= 1)])
    return min(_WARM_S, end / 3), end


def good_within_ms(design: Design) -> float:
    """How long an answer may take to be a good one: the limit of the 99th percentile, if there is one."""
    return design.slo.limits.get("p99_ms", math.inf)


def measured(samples: Samples) -> Outcome:
    """What *samples* have shown."""
    return _Measuring(samples).outcome()


class _Measuring:
    def __init__(self, samples: Samples) -> None:
        self.samples, self.design = samples, samples.design
        self.steady = steady_part(samples.design, samples.seconds)
        self.good_ms = good_within_ms(samples.design)
        self.windows = [self._window(run) for run in samples.runs]

    def _window(self, run: Sample) -> Floats:
        low, high = self.steady
        within = (run.stream.times >= 1000 * low) & (run.stream.times < 1000 * high)
        return np.asarray(run.took[within])

    def outcome(self) -> Outcome:
        design, span = self.design, self.steady[1] - self.steady[0]
        latency = {f"p{one}_ms": self._over(lambda took, q=one: _quantile(took, q)) for one in (50, 95, 99)}  # type: ignore[misc]
        errors = self._over(lambda took: 100 * float(np.isnan(took).mean()) if len(took) else math.nan)
        uses = self._uses()
        over_time = self._over_time()
        usd = usd_month(design, {use.node: use.copies for use in uses if design.nodes[use.node].scale and not use.part})
        lost = lost_seconds(design)
        return Outcome(
            design=design,
            seconds=self.samples.seconds,
            seeds=tuple(run.seed for run in self.samples.runs),
            steady=self.steady,
            latency=latency,
            mean_ms=self._over(lambda took: float(np.mean(_answered(took))) if len(_answered(took)) else math.nan),
            throughput=self._over(lambda took: len(_answered(took)) / span),
            goodput=self._over(lambda took: float((took <= self.good_ms).sum()) / span),
            errors=errors,
            uses=uses,
            bottleneck=max((use for use in uses if use.counts), key=lambda use: use.utilisation, default=None),
            slo=self._slo(latency, errors, usd, max(lost.values(), default=0.0)),
            faults=self._faults(over_time),
            single_points=tuple(single_points(design)),
            lost_s=lost,
            usd_month=usd,
            over_time=over_time,
            queues=self._queues(),
            calls=self._calls(),
            notes=self._notes(),
        )

    def _over(self, measure: Callable[[Floats], float]) -> Interval:
        return Interval.of([measure(window) for window in self.windows])

    def _uses(self) -> tuple[Use, ...]:
        first, last = round(self.steady[0]), max(round(self.steady[0]) + 1, math.floor(self.steady[1]))
        last = min(last, len(self.samples.runs[0].series.busy) - 1)
        first = min(first, last - 1)
        return tuple(self._use(place, first, last) for place in range(len(self.samples.watched)))

    def _use(self, place: int, first: int, last: int) -> Use:
        watched, span = self.samples.watched[place], float(last - first)

        def grown(name: str) -> float:
            return float(np.mean([_grown(getattr(run.series, name), place, first, last) for run in self.samples.runs]))

        batches, up = grown("batches"), grown("up")
        used = grown("busy") / (watched.units * up) if up else 0.0
        if (
            watched.is_batch
        ):  # it is busy with small batches as well as with full ones: what counts is what it could bear
            full_ms = self.design.nodes[watched.node].batch_ms(watched.units)
            used = grown("batched") * full_ms / watched.units / up if up else 0.0
        return Use(
            node=watched.node,
            part=watched.group.part,
            utilisation=used,
            queue=grown("waiting") / (1000 * span),
            served_rps=grown("served") / span,
            copies=up / (1000 * span) / watched.group.per_copy,
            batch_fill=grown("batched") / batches / watched.units if watched.is_batch and batches else None,
            counts=watched.group.counts,
        )

    def _over_time(self) -> dict[str, list[float]]:
        seconds = math.ceil(self.samples.seconds)
        offered, answered, good, slow = (np.zeros((len(self.samples.runs), seconds)) for _ in range(4))
        for row, run in enumerate(self.samples.runs):
            second = (run.stream.times // 1000).astype(np.int64)
            offered[row] = np.bincount(second, minlength=seconds)[:seconds]
            answered[row] = np.bincount(second, ~np.isnan(run.took), seconds)[:seconds]
            good[row] = np.bincount(second, run.took <= self.good_ms, seconds)[:seconds]
            slow[row] = _quantiles_by(second, run.took, seconds)
        with np.errstate(invalid="ignore", divide="ignore"):
            errors = np.where(offered.sum(0) > 0, 100 * (1 - answered.sum(0) / np.maximum(1, offered.sum(0))), 0.0)
        columns = {"offered_rps": offered.mean(0), "throughput_rps": answered.mean(0), "goodput_rps": good.mean(0)}
        columns |= {"errors_pct": errors, "p99_ms": slow.mean(0)}
        return {name: [float(one) for one in column] for name, column in columns.items()}

    def _queues(self) -> dict[str, list[float]]:
        found: dict[str, Floats] = {}
        for place, watched in enumerate(self.samples.watched):
            rows = np.mean([np.diff(run.series.waiting[:, place]) for run in self.samples.runs], axis=0) / 1000
            found[watched.node] = found.get(watched.node, np.zeros(len(rows))) + rows
        return {name: [float(one) for one in rows] for name, rows in found.items()}

    def _slo(self, latency: dict[str, Interval], errors: Interval, usd: float, lost_s: float) -> tuple[Judged, ...]:
        exact = {"usd_month": usd, "rpo_s": lost_s}
        found = {**latency, "errors_pct": errors, **{name: Interval(one, one, one) for name, one in exact.items()}}
        return tuple(
            Judged(name, limit, found[name], found[name].held_to(limit), name in exact)
            for name, limit in self.design.slo.limits.items()
        )

    def _faults(self, over_time: dict[str, list[float]]) -> tuple[Endured, ...]:
        offered, good = np.array(over_time["offered_rps"]), np.array(over_time["goodput_rps"])
        shares = np.where(offered > 0, good / np.maximum(offered, 1e-9), 1.0)
        first, last = math.floor(self.steady[0]), max(math.floor(self.steady[0]) + 1, math.floor(self.steady[1]))
        before = float(shares[first:last].mean())
        begins = [fault.at_s for fault in self.design.faults] + [float(math.floor(self.samples.seconds))]
        return tuple(
            _endured(fault, shares, before, min([one for one in begins if one > fault.at_s], default=fault.at_s))
            for fault in self.design.faults
        )

    def _calls(self) -> dict[str, dict[str, float]]:
        runs = self.samples.runs
        return {
            name: {
                part: float(np.mean([run.sites[name][place] for run in runs]))
                for place, part in enumerate(("timeouts", "retries", "breaker_opened"))
            }
            for name in runs[0].sites
        }

    def _notes(self) -> tuple[str, ...]:
        notes = []
        if any(run.overflowed for run in self.samples.runs):
            notes.append("So many requests were under way at once that some were refused: the system is beyond saving.")
        if self.steady[1] - self.steady[0] < 5:
            notes.append("The steady part, before the first fault, is under 5 s: its numbers are coarse.")
        return (*notes, *self._growing())

    def _growing(self) -> Iterator[str]:
        """Nodes to which more comes than they can do, as their queues show."""
        first, last = math.ceil(self.steady[0]), math.floor(self.steady[1])
        if last - first < 5:
            return
        middle = (first + last) // 2
        for name, queue in self._queues().items():
            before, after = float(np.mean(queue[first:middle])), float(np.mean(queue[middle:last]))
            if after > 10 and after > 1.3 * before:
                yield f"More comes to {name} than it can do: {before:,.0f} waited at first, {after:,.0f} later."


def _endured(fault: Fault, shares: Floats, before: float, until_s: float) -> Endured:
    """*until_s*: when the next fault begins, or the run ends."""
    begin, over = math.floor(fault.at_s), min(math.ceil(fault.until_s), len(shares))
    stop = min(len(shares), max(begin + 1, math.floor(until_s)))
    good = shares >= RECOVERED * before
    worst = float(shares[begin : max(begin + 1, stop)].min()) if begin < len(shares) else math.nan
    back = None
    for second in range(over, stop):
        if good[second:stop].all() and stop - second >= min(3, max(1, stop - over)):
            back = float(second - over)
            break
    if back is None and over >= stop > begin and good[begin:stop].all():
        back = 0.0
    return Endured(fault, before, worst, back, float(max(0, stop - over)))


def _grown(series: Floats, place: int, first: int, last: int) -> float:
    return float(series[last, place] - series[first, place])


def _answered(took: Floats) -> Floats:
    return np.asarray(took[~np.isnan(took)])


def _quantile(took: Floats, percent: float) -> float:
    known = _answered(took)
    return float(np.percentile(known, percent)) if len(known) else math.nan


def _quantiles_by(second: Ints, took: Floats, seconds: int) -> Floats:
    """The 99th percentile of each second's requests; 0 where none was answered."""
    found = np.zeros(seconds)
    edges = np.searchsorted(second, np.arange(seconds + 1))
    for place in range(seconds):
        known = _answered(took[edges[place] : edges[place + 1]])
        found[place] = np.percentile(known, 99) if len(known) else 0.0
    return found
