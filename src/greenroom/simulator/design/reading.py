"""From YAML text to a `Design`. Bounded, and every error names the part, the line and the mend."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from greenroom.bank.source import Document, PackError, Problem, parse_yaml
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.fault_reading import FaultReader
from greenroom.simulator.design.flow_reading import FlowReader
from greenroom.simulator.design.model import Design, Node, Rule, Shape, Slo, Traffic
from greenroom.simulator.design.node_reading import NodeReader
from greenroom.simulator.design.notes import Notes

MOST_CHARACTERS = 64_000
MOST_NODES = 100
MOST_FLOWS = 20
MOST_RPS = 1_000_000
MOST_SECONDS = 3_600
MOST_TRACE = 3_600

_PARTS = (
    "design", "round", "estimate", "nodes", "flows", "after", "calls", "faults", "traffic", "net_ms", "bottleneck",
    "reasons", "seconds",
)  # fmt: skip
LIMITS = ("p50_ms", "p95_ms", "p99_ms", "errors_pct", "rpo_s", "usd_month")
_RULE = ("timeout_ms", "retries", "budget_pct", "backoff_ms", "break_after", "open_ms", "fallback")
_SHAPES: dict[str, tuple[Shape, tuple[str, ...]]] = {
    "steady": ("steady", ("rps",)),
    "diurnal": ("diurnal", ("rps", "peak", "period_s")),
    "flash": ("flash", ("rps", "peak", "at", "for")),
    "trace": ("trace", ("rps",)),
}


def read(
    text: str, shown: str = "design", changes: Mapping[str, Any] | None = None, *, justified: bool = True
) -> Design:
    """The design that *text* is, called *shown* in messages; raises DesignError.

    With *justified* a node that says why may be outside what is usual. Its rates are requests a second, its times
    milliseconds (`_ms`) or seconds (`_s`, `at`, `for`). *changes* are put
    into it before it is read: `{"nodes.api.copies": 4}`; None takes the part away.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"the design has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read"
        raise DesignError([Problem(shown, message, "take out what it does not need")])
    try:
        document = parse_yaml(text, shown)
    except PackError as error:
        raise DesignError(error.problems) from None
    for path, value in (changes or {}).items() if isinstance(document.value, dict) else ():
        _change(document.value, path, value, shown)
    return _Reader(document, shown, justified).design()


def _change(value: Any, path: str, new: Any, shown: str) -> None:
    *way, last = path.split(".")
    for name in way:
        value = value.setdefault(name, {}) if isinstance(value, dict) else None
    if not isinstance(value, dict):
        mend = "name a part of a mapping, like nodes.api.copies"
        raise DesignError([Problem(shown, f"`{path[:80]}` cannot be changed", mend)])
    if new is None:
        value.pop(last, None)
    else:
        value[last] = new


class _Reader:
    def __init__(self, document: Document, shown: str, justified: bool) -> None:
        self.justified = justified
        self.notes = Notes(document, shown)
        self.value = self.notes.mapping(document.value, (), "a design")

    def design(self) -> Design:
        notes, value = self.notes, self.value
        notes.known(value, _PARTS, (), "a design")
        slo = self._slo()
        reader = NodeReader(notes, self.justified)
        nodes = self._nodes(reader)
        flow_reader = FlowReader(notes, nodes, reader, notes.mapping(value.get("nodes"), ("nodes",), "`nodes`"))
        flows = flow_reader.flows("flows", self._some("flows"))
        after = flow_reader.flows("after", self._some("after"))
        for name in after:
            if name not in flows:
                notes.wrong(("after", name), f"`after` names the flow `{name}`", "name one of `flows`")
        if not flows and not notes.problems:
            notes.wrong(("flows",), "the design has no flow", 'add one: `flows: {ask: "lb > api"}`')
        calls = self._calls(nodes)
        traffic = self._traffic(slo, list(flows))
        found = Design(
            name=notes.text(value.get("design", "design"), ("design",), "`design`", 100),
            slo=slo,
            estimate=self._numbers("estimate"),
            nodes=nodes,
            flows=flows,
            after=after,
            calls=calls,
            faults=FaultReader(notes, nodes).faults(value.get("faults")),
            traffic=traffic,
            net_ms=notes.number(value.get("net_ms", 0.3), ("net_ms",), "`net_ms`", 0, 1000),
            bottleneck=self._bottleneck(nodes),
            reasons=self._reasons(),
            clamped=tuple(reader.clamped),
            seconds=self._seconds(),
        )
        notes.tell()
        return found

    def _some(self, name: str) -> dict[str, Any]:
        found = self.notes.mapping(self.value.get(name), (name,), f"`{name}`")
        if len(found) > MOST_FLOWS:
            self.notes.wrong((name,), f"`{name}` has {len(found):,} entries", f"at most {MOST_FLOWS} are simulated")
            self.notes.tell()
        return found

    def _slo(self) -> Slo:
        at = ("round", "slo")
        around = self.notes.mapping(self.value.get("round"), ("round",), "`round`")
        self.notes.known(around, ["slo"], ("round",), "`round`")
        declared = self.notes.mapping(around.get("slo"), at, "`round.slo`")
        self.notes.known(declared, ["rps", *LIMITS], at, "`round.slo`")
        limits = {
            name: self.notes.number(declared[name], (*at, name), f"`slo.{name}`", 0, 1e12)
            for name in LIMITS
            if name in declared
        }
        rps = self._rps(declared["rps"], (*at, "rps"), "`slo.rps`") if "rps" in declared else 0.0
        return Slo(rps, limits)

    def _rps(self, value: Any, at: tuple[str | int, ...], what: str) -> float:
        found = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
        if found > MOST_RPS:
            mend = "simulate a slice: the same part of the requests and of the copies"
            self.notes.wrong(at, f"{what} is {found:g} requests a second; at most {MOST_RPS:,} are simulated", mend)
            return 1.0
        return self.notes.number(value, at, what, 0.01, MOST_RPS)

    def _nodes(self, reader: NodeReader) -> dict[str, Node]:
        declared = self.notes.mapping(self.value.get("nodes"), ("nodes",), "`nodes`")
        if len(declared) > MOST_NODES:
            message = f"the design has {len(declared):,} nodes; at most {MOST_NODES} are simulated"
            self.notes.wrong(("nodes",), message, "say `copies:` for nodes that are alike")
            self.notes.tell()
        if not declared:
            self.notes.wrong(("nodes",), "the design has no nodes", "add one: `nodes: {api: {kind: async_api}}`")
        found = {name: reader.node(name, value) for name, value in declared.items() if self._is_name(name)}
        return {name: node for name, node in found.items() if node is not None}

    def _is_name(self, name: str) -> bool:
        fits = (
            len(name) <= 40
            and name[:1].isalpha()
            and name.isascii()
            and name.replace("_", "a").replace("-", "a").isalnum()
        )
        if not fits or name in ("read", "write"):
            mend = "use letters, digits, `-` and `_`, a letter first, at most 40, and not `read` or `write`"
            self.notes.wrong(("nodes", name), f"`{name[:40]}` cannot be the name of a node", mend)
            return False
        return True

    def _numbers(self, name: str) -> dict[str, float]:
        declared = self.notes.mapping(self.value.get(name), (name,), f"`{name}`")
        if len(declared) > 40:
            self.notes.wrong((name,), f"`{name}` has {len(declared)} entries", "at most 40 are read")
            return {}
        return {
            key: self.notes.number(value, (name, key), f"`{name}.{key}`", 0, 1e15) for key, value in declared.items()
        }

    def _calls(self, nodes: dict[str, Node]) -> dict[str, Rule]:
        declared = self.notes.mapping(self.value.get("calls"), ("calls",), "`calls`")
        self.notes.known(declared, ["client", *nodes], ("calls",), "`calls`")
        return {
            name: self._rule(name, value, nodes.get(name))
            for name, value in declared.items()
            if name in nodes or name == "client"
        }

    def _rule(self, name: str, value: Any, node: Node | None) -> Rule:
        at, notes = ("calls", name), self.notes
        declared = notes.mapping(value, at, f"the call of `{name}`")
        notes.known(declared, _RULE, at, f"the call of `{name}`")

        def number(field: str, default: float, low: float, high: float, whole: bool = False) -> float:
            if field not in declared:
                return default
            return notes.number(declared[field], (*at, field), f"call of `{name}`: `{field}`", low, high, whole=whole)

        budget = number("budget_pct", -1, 0, 100)
        fallback = declared.get("fallback", "none")
        word = notes.word(fallback, (*at, "fallback"), f"call of `{name}`: `fallback`", ("none", "skip", "miss"))
        if word == "miss" and (node is None or "hit" not in node.of.fields):
            notes.wrong((*at, "fallback"), f"`{name}` is no cache and has no misses", "say `fallback: skip`")
        if word == "skip" and node is None:
            notes.wrong((*at, "fallback"), "the client has nothing to fall back to", "take `fallback` away")
        return Rule(
            timeout_ms=number("timeout_ms", math.inf, 0.1, 600_000),
            retries=int(number("retries", 0, 0, 7, True)),
            budget=None if budget < 0 else budget / 100,
            backoff_ms=number("backoff_ms", 0, 0, 60_000),
            break_after=number("break_after", math.inf, 1, 1e6, True),
            open_ms=number("open_ms", 1000.0 if "break_after" in declared else 0, 1, 600_000),
            fallback="skip" if word == "skip" else "miss" if word == "miss" else "none",
        )

    def _traffic(self, slo: Slo, flows: list[str]) -> Traffic:
        at, notes = ("traffic",), self.notes
        declared = notes.mapping(self.value.get("traffic"), at, "`traffic`")
        shape, fields = _SHAPES[notes.word(declared.get("shape", "steady"), (*at, "shape"), "`traffic.shape`", _SHAPES)]
        notes.known(declared, ["shape", "shares", *fields], at, f"{shape} `traffic`")
        shares = self._shares(declared.get("shares"), flows)
        if shape == "trace":
            return Traffic(shape, 0.0, trace=self._trace(declared.get("rps")), shares=shares)
        rps = self._rps(declared["rps"], (*at, "rps"), "`traffic.rps`") if "rps" in declared else slo.rps
        if rps == 0:
            notes.wrong(
                at, "nothing says how many requests come", "add `round: {slo: {rps: 100}}` or `traffic: {rps: 100}`"
            )

        def number(field: str, default: float, low: float, high: float) -> float:
            return notes.number(declared.get(field, default), (*at, field), f"`traffic.{field}`", low, high)

        most = 2.0 if shape == "diurnal" else 100.0
        found = Traffic(
            shape=shape,
            rps=rps,
            peak=1.0 if shape == "steady" else number("peak", 1.5 if shape == "diurnal" else 4.0, 1, most),
            at_s=number("at", 20, 0, MOST_SECONDS),
            for_s=number("for", 10, 0.1, MOST_SECONDS),
            period_s=number("period_s", 60, 1, 86_400),
            shares=shares,
        )
        if found.most > MOST_RPS:
            notes.wrong(
                at, f"`traffic` rises to {found.most:g} requests a second", f"at most {MOST_RPS:,} are simulated"
            )
        return found

    def _trace(self, value: Any) -> tuple[float, ...]:
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_TRACE:
            mend = f"write a list of requests a second, one for each second, at most {MOST_TRACE:,}"
            self.notes.wrong(("traffic", "rps"), "`traffic.rps` of a trace is not a list that can be replayed", mend)
            return (1.0,)
        found = tuple(
            self.notes.number(one, ("traffic", "rps", place), "a second of the trace", 0, MOST_RPS)
            for place, one in enumerate(value)
        )
        if sum(found) == 0:
            self.notes.wrong(("traffic", "rps"), "the trace has no requests", "write a rate that is not 0")
        return found

    def _shares(self, value: Any, flows: list[str]) -> dict[str, float]:
        at = ("traffic", "shares")
        declared = self.notes.mapping(value, at, "`traffic.shares`")
        self.notes.known(declared, flows, at, "`traffic.shares`")
        found = {
            flow: self.notes.number(declared.get(flow, 1.0), (*at, flow), f"the share of `{flow}`", 0, 1e6)
            for flow in flows
        }
        total = sum(found.values())
        if flows and total == 0:
            self.notes.wrong(at, "no flow has a share of the traffic", "give one a share that is not 0")
        return {flow: share / total for flow, share in found.items()} if total else {}

    def _bottleneck(self, nodes: dict[str, Node]) -> str | None:
        value = self.value.get("bottleneck")
        return None if value is None else self.notes.word(value, ("bottleneck",), "`bottleneck`", [*nodes, ""])

    def _reasons(self) -> dict[str, str]:
        value = self.value.get("reasons")
        if isinstance(value, str):
            return {"all": self.notes.text(value, ("reasons",), "`reasons`", 10_000)}
        declared = self.notes.mapping(value, ("reasons",), "`reasons`")
        return {name: self.notes.text(one, ("reasons", name), f"reason `{name}`") for name, one in declared.items()}

    def _seconds(self) -> float | None:
        value = self.value.get("seconds")
        return None if value is None else self.notes.number(value, ("seconds",), "`seconds`", 2, MOST_SECONDS)
