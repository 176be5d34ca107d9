"""A design as values: what was declared, after defaults and clamping."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from greenroom.simulator.design.expressions import Expression
from greenroom.simulator.design.flows import Flow
from greenroom.simulator.design.kinds import KINDS, Kind

Shape = Literal["steady", "diurnal", "flash", "trace"]
Does = Literal["kill", "slow", "cold", "partition", "storm"]
Fallback = Literal["none", "skip", "miss"]


@dataclass(frozen=True)
class Clamped:
    """A declared value that is outside its usual range, and what was taken instead."""

    node: str
    field: str
    declared: float
    used: float
    low: float
    high: float

    def as_json(self) -> dict[str, Any]:
        """It with stable keys."""
        return {
            "node": self.node,
            "field": self.field,
            "declared": self.declared,
            "used": self.used,
            "usual": [self.low, self.high],
        }


@dataclass(frozen=True)
class Scale:
    """An autoscaler of a node: up to *to* copies."""

    to: int
    aim: float
    every_s: float
    delay_s: float


@dataclass(frozen=True)
class Node:
    """A node, each field of its kind with a value; None where a field has none."""

    name: str
    kind: str
    values: dict[str, Any]
    line: int | None = None
    why: str = ""

    @property
    def of(self) -> Kind:
        """Its kind."""
        return KINDS[self.kind]

    def number(self, name: str) -> float:
        """The field *name*, a number; 0 where it has no value."""
        return float(self.values.get(name) or 0.0)

    def count(self, name: str, default: int = 1) -> int:
        """The field *name*, a whole number; *default* where the kind has no such field."""
        value = self.values.get(name)
        return default if value is None else int(value)

    def word(self, name: str) -> str:
        """The field *name*, a word."""
        return str(self.values[name])

    @property
    def scale(self) -> Scale | None:
        """Its autoscaler."""
        found: Scale | None = self.values.get("scale")
        return found

    @property
    def batch_ms(self) -> Expression:
        """The time of a batch of n."""
        found: Expression = self.values["ms"]
        return found


@dataclass(frozen=True)
class Slo:
    """What is asked for: `rps` and limits by name."""

    rps: float
    limits: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """How a node is called; *fallback*: what happens when the call has failed for good."""

    timeout_ms: float = math.inf
    retries: int = 0
    budget: float | None = None
    backoff_ms: float = 0.0
    break_after: float = math.inf
    open_ms: float = 0.0
    fallback: Fallback = "none"


@dataclass(frozen=True)
class Fault:
    """Something happens to *node* (its copy *copy*, counted from 1; None: all of it), from *at_s* for *for_s*."""

    at_s: float
    for_s: float
    does: Does
    node: str
    copy: int | None = None
    times: float = 1.0

    @property
    def until_s(self) -> float:
        """When it is over."""
        return self.at_s + self.for_s

    @property
    def shown(self) -> str:
        """It in words."""
        where = f"{self.node}/{self.copy}" if self.copy else self.node
        much = f" times {self.times:g}" if self.does in ("slow", "storm") else ""
        return f"{self.does} {where}{much}"


@dataclass(frozen=True)
class Traffic:
    """How many requests come: *rps* in the mean of a shape, or *trace*, second by second."""

    shape: Shape
    rps: float
    peak: float = 1.0
    at_s: float = 0.0
    for_s: float = 0.0
    period_s: float = 60.0
    trace: tuple[float, ...] = ()
    shares: dict[str, float] = field(default_factory=dict)

    def rate(self, second: float) -> float:
        """Requests a second at *second*."""
        if self.shape == "trace":
            return self.trace[min(int(second), len(self.trace) - 1)]
        if self.shape == "diurnal":
            return self.rps * (1 + (self.peak - 1) * math.sin(2 * math.pi * second / self.period_s))
        if self.shape == "flash" and self.at_s <= second < self.at_s + self.for_s:
            return self.rps * self.peak
        return self.rps

    @property
    def most(self) -> float:
        """The highest rate."""
        return max(self.trace) if self.shape == "trace" else self.rps * max(1.0, self.peak)


@dataclass(frozen=True)
class Design:
    """Everything that a candidate declares."""

    name: str
    slo: Slo
    estimate: dict[str, float]
    nodes: dict[str, Node]
    flows: dict[str, Flow]
    after: dict[str, Flow]
    calls: dict[str, Rule]
    faults: tuple[Fault, ...]
    traffic: Traffic
    net_ms: float
    bottleneck: str | None
    reasons: dict[str, str]
    clamped: tuple[Clamped, ...]
    seconds: float | None = None
