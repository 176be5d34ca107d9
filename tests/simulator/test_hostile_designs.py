"""Whatever a design says, it is read and run in bounded time, or refused with a mend."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from greenroom.kernel.errors import InputError
from greenroom.simulator.design.errors import DesignError
from greenroom.simulator.design.fields import Number, Word
from greenroom.simulator.design.kinds import KINDS
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.outcomes import measured
from greenroom.simulator.runs.running import check_size, simulated
from greenroom.simulator.runs.telling import told

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**12),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.integers(), max_size=2),
)


@st.composite
def nodes(draw: st.DrawFn) -> dict[str, Any]:
    kind = KINDS[draw(st.sampled_from(list(KINDS)))]
    found: dict[str, Any] = {"kind": kind.name}
    for name in draw(st.lists(st.sampled_from([*kind.fields, "why"]), max_size=4, unique=True)):
        field = kind.fields.get(name)
        if isinstance(field, Number):
            high = min(field.high, 40.0)
            found[name] = draw(
                st.integers(math.ceil(field.low), int(high)) if field.low <= high else st.just(field.low)
            )
        elif isinstance(field, Word):
            found[name] = draw(st.sampled_from(field.choices))
        elif name == "ms":
            found[name] = draw(st.sampled_from(["1 + n", "max(2, n / 4)", "0"]))
    if kind.name == "rate_limiter":
        found.setdefault("rps", 50)
    return found


STEPS = st.sampled_from(["a", "b", "c", "a 2ms", "b write", "c x3", "?30% b", "(a | b)", "(a > c | b)", "b ?miss c"])


@st.composite
def designs(draw: st.DrawFn) -> dict[str, Any]:
    flow = " > ".join(draw(st.lists(STEPS, min_size=1, max_size=5)))
    rule = st.fixed_dictionaries(
        {},
        optional={
            "timeout_ms": st.integers(1, 100),
            "retries": st.integers(0, 3),
            "budget_pct": st.integers(0, 50),
            "break_after": st.integers(1, 5),
            "fallback": st.sampled_from(["skip", "miss", "none"]),
        },
    )
    fault = st.fixed_dictionaries(
        {"at": st.integers(0, 5), "for": st.integers(1, 4)},
        optional={name: st.sampled_from(["a", "b", "c/1"]) for name in ("kill", "slow", "cold", "partition")},
    )
    return {
        "round": {"slo": {"rps": draw(st.integers(1, 60)), "p99_ms": 50}},
        "nodes": {name: draw(nodes()) for name in "abc"},
        "flows": {"ask": flow},
        "after": draw(st.sampled_from([{}, {"ask": "b > c"}])),
        "calls": draw(st.dictionaries(st.sampled_from(["a", "b", "c"]), rule, max_size=2)),
        "faults": draw(st.lists(fault, max_size=2)),
    }


@given(designs())
@settings(max_examples=60, deadline=None)
def test_a_design_is_run_or_refused(design: dict[str, Any]) -> None:
    try:
        outcome = measured(simulated(read(yaml.safe_dump(design)), 6, 1, seeds=2))
    except DesignError as error:
        assert error.mend
        return
    found = told(outcome)
    assert 0 <= found["errors_pct"] <= 100
    assert all(-1e-9 <= use.utilisation <= 1.0001 for use in outcome.uses if use.batch_fill is None)


@given(designs(), st.sampled_from(["round", "nodes", "flows", "after", "calls", "faults", "traffic", "estimate"]), ODD)
@settings(max_examples=60, deadline=None)
def test_what_a_part_is_not_is_said(design: dict[str, Any], part: str, odd: Any) -> None:
    try:
        read(yaml.safe_dump({**design, part: odd}))
    except DesignError as error:
        assert all(one.message and one.mend for one in error.problems)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_is_refused_with_a_mend(text: str) -> None:
    with pytest.raises(DesignError) as caught:
        read(text)
    assert caught.value.mend


def test_flows_in_flows_do_not_multiply_without_end() -> None:
    flows = ", ".join(f'f{one}: "{" > ".join([f"f{one + 1}"] * 300)}"' for one in range(7))
    text = f"round: {{slo: {{rps: 50}}}}\nnodes: {{api: {{kind: async_api}}}}\nflows: {{{flows}, f7: api}}"
    with pytest.raises(DesignError, match="makes 300 visits"):
        read(text)


def test_many_visits_of_many_requests_are_too_much() -> None:
    text = 'round: {slo: {rps: 50000}}\nnodes: {api: {kind: async_api}}\nflows: {ask: "api x50 > api x50"}'
    with pytest.raises(InputError, match="requests in 30 s") as caught:
        check_size(read(text), 30)
    assert "--seconds 3" in caught.value.mend
