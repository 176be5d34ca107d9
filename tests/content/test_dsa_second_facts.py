"""Facts on which the items about stacks, queues, binary search, graphs and recursion rely, asserted by running them."""

from __future__ import annotations

import graphlib
import random
import runpy
import sqlite3
import subprocess
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import greenroom

DSA = Path(greenroom.__file__).parent / "packs" / "core" / "items" / "dsa"


def _entry(slug: str, file: str, name: str) -> Callable[..., Any]:
    found: Callable[..., Any] = runpy.run_path(str(DSA / slug / file))[name]
    return found


def test_max_of_nothing_raises_without_a_default() -> None:
    """Warm-up: `max` of an empty list raises ValueError unless it has a default."""
    with pytest.raises(ValueError, match="empty"):
        max([])
    assert max([], default=0) == 0


def test_an_outer_rollback_takes_a_released_savepoint_back() -> None:
    """stack-savepoints: after RELEASE of the inner savepoint the outer rollback still undoes its changes."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE store (value TEXT)")
    for statement in (
        "SAVEPOINT outside",
        "SAVEPOINT inside",
        "INSERT INTO store VALUES ('kept')",
        "RELEASE inside",
        "ROLLBACK TO outside",
        "RELEASE outside",
    ):
        connection.execute(statement)
    assert connection.execute("SELECT count(*) FROM store").fetchone() == (0,)
    connection.close()


def test_pushes_and_pops_of_a_monotonic_stack_are_linear() -> None:
    """stack-worst-around: all pops together are at most as many as the samples, even for the worst series."""
    rng = random.Random(3)
    for series in (list(range(500)), [7] * 500, list(range(500, 0, -1)), rng.choices(range(9), k=500)):
        stack: list[int] = []
        pops = 0
        for value in series:
            while stack and stack[-1] <= value:
                stack.pop()
                pops += 1
            stack.append(value)
            assert stack == sorted(set(stack), reverse=True)
        assert pops + len(stack) == len(series)


def test_bisect_left_finds_the_first_rate_that_is_enough() -> None:
    """binary-search-drain-rate: `bisect_left` over a range with a key halves the answer, in about log2 steps."""
    asked: list[int] = []

    def is_enough(rate: int) -> bool:
        asked.append(rate)
        return rate >= 123_456_789_012

    assert bisect_left(range(10**12), True, key=is_enough) == 123_456_789_012
    assert len(asked) <= 40


def test_the_formula_for_the_rate_is_what_counting_up_finds() -> None:
    """binary-search-drain-rate: the answer is the largest excess of a stretch over the room, per minute."""
    oracle = _entry("binary-search-drain-rate", "judge/oracle.py", "oracle")
    counting = _entry("binary-search-drain-rate", "submissions/partial/counting_up.py", "smallest_rate")
    rng = random.Random(5)
    for _ in range(60):
        arrivals = [rng.randint(0, 12) for _ in range(rng.randint(0, 9))]
        room = rng.randint(0, 25)
        assert oracle(arrivals, room) == counting(arrivals, room)


def test_bisect_sides_and_the_index_minus_one() -> None:
    """binary-search-as-of: `bisect_right` ends behind equal times, and -1 silently reads the last value."""
    times, values = [10, 20, 20, 20, 30], ["a", "b", "c", "d", "e"]
    assert values[bisect_right(times, 20) - 1] == "d"
    assert values[bisect_left(times, 20) - 1] == "a"
    assert bisect_right(times, 5) - 1 == -1
    assert values[bisect_right(times, 5) - 1] == "e"
    assert "99" > "250"


def test_a_topological_sorter_names_a_closed_circle() -> None:
    """dfs-deploy-order: CycleError carries a circle whose first node is repeated at the end."""
    needs = {"a": ["b"], "b": ["c"], "c": ["b"], "d": []}
    with pytest.raises(graphlib.CycleError) as caught:
        list(graphlib.TopologicalSorter(needs).static_order())
    circle = caught.value.args[1]
    assert circle[0] == circle[-1]
    assert set(circle) == {"b", "c"}


def test_what_kahn_leaves_over_is_not_the_circle() -> None:
    """dfs-deploy-order: services stuck behind a circle are left over too, so they must not be reported as one."""
    check = _entry("dfs-deploy-order", "judge/checker.py", "check")
    needs = {"front": ["p"], "p": ["q"], "q": ["p"]}
    assert check((needs,), ("circle", []), ("circle", ["p", "q"])) is True
    assert check((needs,), ("circle", []), ("circle", ["q", "p"])) is True
    assert check((needs,), ("circle", []), ("circle", ["front", "p", "q"])) is not True
    assert check((needs,), ("circle", []), ("order", ["p", "q", "front"])) is not True


def test_depth_first_with_marks_misses_services_within_reach() -> None:
    """bfs-blast-radius: marked depth-first searches lose a service whichever branch they walk first."""
    calls = [("x1", "a"), ("y1", "a"), ("y2", "a"), ("x2", "a"), ("t1", "x1"), ("z1", "y1"), ("t1", "z1"), ("u1", "t1")]
    calls += [("t2", "x2"), ("z2", "y2"), ("t2", "z2"), ("u2", "t2")]
    right = set(_entry("bfs-blast-radius", "submissions/accepted/queue.py", "affected")(calls, ["a"], 3))
    assert {"u1", "u2"} <= right
    for name in ("depth_first.py", "depth_first_recursive.py"):
        found = set(_entry("bfs-blast-radius", f"submissions/partial/{name}", "affected")(calls, ["a"], 3))
        assert found < right


def test_recursion_stops_near_a_thousand_calls() -> None:
    """recursion-folder-sizes, dfs-deploy-order, pattern-from-limits: a deeper chain raises RecursionError."""
    program = (
        "import sys\n"
        "def depth(n):\n    return 1 + depth(n - 1) if n else 0\n"
        "assert sys.getrecursionlimit() == 1000\n"
        "assert depth(900) == 900\n"
        "try:\n    depth(1100)\n"
        "except RecursionError:\n    print('stopped')\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == "stopped"


def test_a_raised_limit_lets_python_functions_recurse_deeply() -> None:
    """recursion-folder-sizes: since CPython 3.11 calls between Python functions do not use the C stack."""
    program = (
        "import sys\n"
        "sys.setrecursionlimit(10**6)\n"
        "def depth(n):\n    return 1 + depth(n - 1) if n else 0\n"
        "print(depth(60_000))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True, timeout=20)
    assert done.stdout.strip() == "60000"


def test_adding_to_the_last_folder_by_the_index_minus_one() -> None:
    """recursion-folder-sizes: without a test for -1, a folder at the top adds its weight to the last one."""
    total = [5, 1]
    total[-1] += total[0]
    assert total == [5, 6]


def test_innermost_first_repeats_neighbouring_alternatives() -> None:
    """recursion-brace-expansion: replacing the innermost group first makes `a` come out twice."""
    pattern = "{a,{b,c}}"
    assert _entry("recursion-brace-expansion", "judge/oracle.py", "oracle")(pattern) == ["a", "b", "c"]
    wrong = _entry("recursion-brace-expansion", "submissions/wrong/innermost_first.py", "expand")
    assert wrong(pattern) == ["a", "a", "b", "c"]


def test_plain_recursion_over_diamonds_doubles_with_each_level() -> None:
    """recursion-inherited-limits: shared parents make 2**levels calls at the top; a memo makes one call a link."""
    parents = {
        f"n{level}-{at}": [f"n{level - 1}-{up}" for up in (0, 1)] if level else []
        for level in range(12)
        for at in (0, 1)
    }
    calls = 0

    def plain(team: str) -> None:
        nonlocal calls
        calls += 1
        for parent in parents[team]:
            plain(parent)

    plain("n11-0")
    assert calls == 2**12 - 1


def test_zero_and_none_in_limits() -> None:
    """recursion-inherited-limits: `or` loses a zero, and `max` with None raises TypeError."""
    limits: list[Any] = [100, None]
    assert ({"lab": 0}.get("lab") or "inherited") == "inherited"
    with pytest.raises(TypeError):
        max(limits)
    assert max((one for one in limits[1:] if one is not None), default=None) is None


def test_the_numbers_of_the_estimates() -> None:
    """pattern-from-limits: the figures that the debrief names."""
    assert 2**18 == 262_144
    pairs = 200_000 * 199_999 // 2
    assert pairs == pytest.approx(2e10, rel=0.01)
    assert (10**6 - 1).bit_length() == 20
    assert 200_000 * (200_000).bit_length() == pytest.approx(3.5e6, rel=0.05)
