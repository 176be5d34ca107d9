"""Cases beside each other: the same result as one after another, no more than there are places, nothing left over."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.judge.small_items import function, point, program, small_item

from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import census, spreading
from greenroom.judge.answering import Answering
from greenroom.judge.faults import CancelledError, JudgeFaultError
from greenroom.judge.places import Places
from greenroom.judge.reading import Report
from greenroom.judge.results import CaseResult, RunResult, Verdict
from greenroom.judge.service import Judge
from greenroom.judge.spreading import Question, Spreading

LIMITS = Limits(cpu_s=0.3, wall_s=30, memory_mb=128)

# Without a sandbox: what is settled, in which order, whatever the sandboxes' pace.


class Script:
    """A run's cases as (group, worth, delay): `lost` loses the rest of its group, `last` ends the run."""

    def __init__(self, cases: list[tuple[str, str, int]]) -> None:
        self.cases = cases
        self.at = 0
        self.settled: list[int] = []
        self.lost: set[str] = set()
        self.stop = False

    def following(self) -> Question | None:
        if self.at == len(self.cases):
            return None
        self.at += 1
        return {"index": self.at - 1, "group": self.cases[self.at - 1][0]}, b"%d" % (self.at - 1)

    def over(self, head: dict[str, Any]) -> bool:
        return head["group"] in self.lost

    def settle(self, head: dict[str, Any], report: Report) -> bool:
        index = int(head["index"])
        assert report.answer == b"%d" % index
        self.settled.append(index)
        group, worth, _ = self.cases[index]
        if worth == "lost":
            self.lost.add(group)
        return worth != "last"

    def look(self) -> None:
        if self.stop:
            raise CancelledError("the run was cancelled")


class Pace:
    """Stands for an `Answering`: takes as many ticks as the script says."""

    def __init__(self, script: Script, living: list[int]) -> None:
        self._script, self._living = script, living
        self._asked = b""
        self.abandoned = False

    def send(self, question: bytes) -> None:
        assert not self.abandoned
        self._asked = question

    def receive(self, on_tick: Callable[[], None]) -> Report:
        self._living.append(1)
        try:
            _, worth, ticks = self._script.cases[int(self._asked)]
            while ticks != 0:  # one below 0 never ends by itself
                on_tick()
                ticks -= 1
                time.sleep(0.0002)
            if worth == "fault":
                raise JudgeFaultError(f"case {int(self._asked)}")
            return Report(None, 0, 0.0, 0.0, 0.0, self._asked, b"", b"")
        finally:
            self._living.pop()

    def abandon(self) -> None:
        self.abandoned = True


def one_after_another(script: Script) -> tuple[Counter[str], bool]:
    left_out: Counter[str] = Counter()
    while (asked := script.following()) is not None:
        if script.over(asked[0]):
            left_out[str(asked[0]["group"])] += 1
        elif not script.settle(asked[0], Report(None, 0, 0.0, 0.0, 0.0, asked[1], b"", b"")):
            return left_out + Counter(group for group, _, _ in script.cases[script.at :]), True
    return left_out, False


def beside_each_other(script: Script, places: Places) -> tuple[Counter[str], bool]:
    living: list[int] = []
    another = cast(Callable[[], Answering], lambda: Pace(script, living))
    loan, asked = places.borrow(), script.following()
    assert loan is not None
    assert asked is not None
    with Spreading(script, another, loan, places.borrow) as one:
        left_out = one.run(asked, another())
    assert not living  # nothing runs any more
    return left_out + Counter(group for group, _, _ in script.cases[script.at :]), one.cut_short


CASES = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.sampled_from(["fine"] * 8 + ["lost", "last"]), st.integers(min_value=0, max_value=9)
    ),
    min_size=1,
    max_size=24,
)


@settings(deadline=None)
@given(CASES, st.integers(min_value=2, max_value=4))
def test_whatever_the_pace_the_same_is_settled_in_the_same_order(cases: list[tuple[str, str, int]], jobs: int) -> None:
    expected, actual = Script(cases), Script(cases)
    places = Places(jobs)
    own = places.enter()
    assert beside_each_other(actual, places) == one_after_another(expected)
    assert actual.settled == expected.settled
    own.leave()
    assert len([loan for loan in iter(places.borrow, None) if loan]) == jobs  # every place was given back


def test_a_case_that_does_not_matter_any_more_is_ended() -> None:
    endless = [("b", "fine", 5), ("a", "lost", 30), *[("a", "fine", -1)] * 6, ("b", "fine", 5)]
    script, places = Script(endless), Places(3)
    own = places.enter()
    assert beside_each_other(script, places) == (Counter({"a": 6}), False)
    assert script.settled == [0, 1, 8]
    own.leave()


def test_a_fault_counts_only_when_its_case_does() -> None:
    places = Places(2)
    own = places.enter()
    script = Script([("a", "fine", 0), ("a", "lost", 30), ("a", "fault", 0), ("b", "fine", 0)])
    assert beside_each_other(script, places) == (Counter({"a": 1}), False)
    script = Script([("a", "fine", 30), ("a", "fault", 0), ("a", "fine", -1)])
    with pytest.raises(JudgeFaultError, match="case 1"):
        beside_each_other(script, places)
    assert script.settled == [0]
    assert places.borrow() is not None
    own.leave()


def test_a_cancelled_run_ends_all_its_cases() -> None:
    places = Places(2)
    own = places.enter()
    script = Script([("a", "fine", -1)] * 4)
    stopper = threading.Timer(0.1, lambda: setattr(script, "stop", True))
    stopper.start()
    with pytest.raises(CancelledError):
        beside_each_other(script, places)
    assert places.borrow() is not None
    own.leave()


def test_a_single_case_takes_no_further_place() -> None:
    places = Places(2)
    free, going = threading.Event(), threading.Event()

    class Alone(Script):
        def look(self) -> None:
            if going.is_set() and (guest := places.borrow()) is not None:
                guest.give_back()
                free.set()

    class Held(Pace):
        def receive(self, on_tick: Callable[[], None]) -> Report:
            going.set()
            assert free.wait(20)  # the place is free again while the case runs
            return super().receive(on_tick)

    own, loan, script = places.enter(), places.borrow(), Alone([("a", "fine", 0)])
    another, asked = cast(Callable[[], Answering], lambda: Held(script, [])), script.following()
    assert loan is not None
    assert asked is not None
    with Spreading(script, another, loan, places.borrow) as one:
        assert one.run(asked, another()) == Counter()
    assert script.settled == [0]
    own.leave()


def test_after_a_cancellation_no_case_is_settled_even_if_it_is_done() -> None:
    class Stopped(Script):
        def settle(self, head: dict[str, Any], report: Report) -> bool:
            time.sleep(0.05)  # meanwhile the next ones are done
            self.stop = head["index"] == 1
            return super().settle(head, report)

    places = Places(3)
    own = places.enter()
    script = Stopped([("a", "fine", 0)] * 6)
    with pytest.raises(CancelledError):
        beside_each_other(script, places)
    assert script.settled == [0, 1]
    own.leave()


def test_a_borrowed_place_goes_to_whoever_waits() -> None:
    places = Places(2)
    own = places.enter()
    came: list[bool] = []

    class Visited(Script):
        def settle(self, head: dict[str, Any], report: Report) -> bool:
            if head["index"] == 2:
                self.guest = places.enter("other")
            if head["index"] == 20:
                came.append(self.guest.turn.done())
                self.guest.leave()
            return super().settle(head, report)

    script = Visited([("a", "fine", 20)] * 30)
    assert beside_each_other(script, places) == (Counter(), False)
    assert came == [True]
    assert script.settled == list(range(30))
    own.leave()


# With sandboxes: a judge with one place beside one with two.


@pytest.fixture(scope="module")
def judges(judge: Judge) -> Iterator[tuple[Judge, Judge]]:
    pair = Judge(tier=judge.tier, jobs=1, spares=1), Judge(tier=judge.tier, jobs=2, spares=2)
    yield pair
    for one in pair:
        one.close()


@pytest.fixture
def spread(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Cases are spread from the second on, however quick they are; each time adds to the list."""
    times: list[int] = []
    run = Spreading.run

    def counted(self: Spreading, asked: Question, first: Answering) -> Counter[str]:
        times.append(1)
        return run(self, asked, first)

    monkeypatch.setattr(spreading, "WORTH_S", 0.0)
    monkeypatch.setattr(spreading, "WORTH_A_CASE_S", 0.0)
    monkeypatch.setattr(Spreading, "run", counted)
    return times


def cases_of(*groups: tuple[str, int]) -> list[dict[str, Any]]:
    names = [f"{group}-{number}" for group, count in groups for number in range(count)]
    return [
        {"name": name, "group": name[:-2], "visible": name == "basic-0", "args": [at], "expect": 2 * at}
        for at, name in enumerate(names)
    ]


def facts(result: RunResult, told: list[CaseResult]) -> dict[str, Any]:
    """All of a result that does not depend on the clock."""
    assert told == list(result.cases)
    measured = {"cpu_s", "wall_s", "peak_mb"}
    return result.model_dump(mode="json", exclude={"cases": {"__all__": measured}} | dict.fromkeys(measured, True))


ANSWERS = {
    "right": "return 2 * n",
    "one wrong in the middle": "return 2 * n + (n == 5)",
    "several sorts of failure": "return {3: 'x', 6: 1 / (n - 6)}.get(n, 2 * n) if n != 9 else exit(3)",
    "one too slow": "while n == 4: pass\n    return 2 * n",
    "all of a group too slow": "while n in (4, 5, 6, 7): pass\n    return 2 * n",
    "the last wrong": "return 2 * n + (n == 11)",
    "cannot be compiled": "return return",
}


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("stop", [False, True])
@pytest.mark.parametrize("answer", list(ANSWERS))
def test_the_result_is_that_of_one_after_another(
    judges: tuple[Judge, Judge], spread: list[int], tmp_path: Path, answer: str, stop: bool, brief: bool
) -> None:
    code = function().model_copy(update={"stop_at_first_failure": stop})
    cases = cases_of(("basic", 4), ("scale", 4), ("edge", 4))
    rubric = [point("basic"), point("scale"), point("edge", cases=("edge",), earn="share")]
    item = small_item(tmp_path / "item", code=code, cases=cases, limits=LIMITS, rubric=rubric)
    source = f"def solve(n):\n    {ANSWERS[answer]}\n"
    found = []
    for one in judges:
        told: list[CaseResult] = []
        found.append(facts(one.run(item, source, brief=brief, on_case=told.append), told))
    assert found[0] == found[1]
    assert len(spread) == (answer != "cannot be compiled")


def test_programs_are_spread_as_well(judges: tuple[Judge, Judge], spread: list[int], tmp_path: Path) -> None:
    cases = [{"name": f"case {at}", "group": "basic", "stdin": f"{at}\n", "expect": f"{2 * at}\n"} for at in range(8)]
    item = small_item(tmp_path / "item", code=program(), cases=cases, limits=LIMITS)
    found = [one.run(item, "n = int(input())\nprint(2 * n + (n == 5))") for one in judges]
    assert facts(found[0], list(found[0].cases)) == facts(found[1], list(found[1].cases))
    assert [case.verdict is Verdict.accepted for case in found[1].cases] == [at != 5 for at in range(8)]
    assert spread == [1]


def test_where_a_number_of_the_run_is_measured_cases_run_one_after_another(
    judges: tuple[Judge, Judge], spread: list[int], tmp_path: Path
) -> None:
    rubric = [point("basic"), point("quick", metric="cpu_s", at_most=10)]
    item = small_item(tmp_path / "item", code=function(), cases=cases_of(("basic", 6)), rubric=rubric)
    assert judges[1].run(item, "def solve(n):\n    return 2 * n\n").verdict is Verdict.accepted
    assert spread == []


def test_quick_cases_are_not_worth_a_second_sandbox() -> None:
    def ran(*walls: float) -> list[CaseResult]:
        return [
            CaseResult(name="x", group="g", visible=True, verdict=Verdict.accepted, wall_s=wall_s) for wall_s in walls
        ]

    assert not spreading.pays([])
    assert not spreading.pays(ran(0.04))
    assert spreading.pays(ran(0.06))
    assert not spreading.pays(ran(*[0.002] * 100))


def slow_item(folder: Path) -> Item:
    limits = Limits(cpu_s=10, wall_s=60, memory_mb=128)
    return small_item(folder, code=function(), cases=cases_of(("basic", 8)), limits=limits)


SLOW = "import time\ndef solve(n):\n    time.sleep(0.15)\n    return 2 * n\n"


def test_no_more_cases_run_than_there_are_places(
    judges: tuple[Judge, Judge], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, now, most = threading.Lock(), 0, 0
    report = Answering._report

    def counted(self: Answering, on_tick: Callable[[], None]) -> Report:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return report(self, on_tick)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(Answering, "_report", counted)
    items = [slow_item(tmp_path / f"item-{number}") for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda item: judges[1].run(item, SLOW, candidate=item.slug), items))
    assert [result.verdict for result in results] == [Verdict.accepted] * 3
    assert most == 2


def test_who_comes_while_a_run_has_two_places_waits_for_a_case_and_not_for_the_run(
    judges: tuple[Judge, Judge], tmp_path: Path
) -> None:
    first, second = slow_item(tmp_path / "first"), slow_item(tmp_path / "second")
    spreads, over = threading.Event(), threading.Event()

    def on_case(case: CaseResult) -> None:
        if case.name == "basic-2":
            spreads.set()
            assert arrived.wait(20)

    arrived, seen = threading.Event(), []
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(judges[1].run, first, SLOW, on_case=on_case, candidate="a")
        running.add_done_callback(lambda _: over.set())
        assert spreads.wait(20)
        # The first run is held in its third case, and its sandboxes have nothing else to do but to give way.
        result = judges[1].run(second, "def solve(n):\n    return 2 * n\n", candidate="b")
        seen.append(over.is_set())
        arrived.set()
        assert running.result(timeout=30).verdict is Verdict.accepted
    assert result.verdict is Verdict.accepted
    assert seen == [False]


def test_a_cancelled_run_leaves_no_process(judges: tuple[Judge, Judge], judge: Judge, tmp_path: Path) -> None:
    for one in judges:
        one.warm(LIMITS)  # they make no spares any more
    before = set(census.descendants(os.getpid()))
    fresh, cancel = Judge(tier=judge.tier, jobs=2), threading.Event()
    seen: list[str] = []

    def on_case(case: CaseResult) -> None:
        seen.append(case.name)
        if len(seen) == 3:
            cancel.set()

    try:
        result = fresh.run(slow_item(tmp_path / "item"), SLOW, on_case=on_case, cancel=cancel)
    finally:
        fresh.close()
    assert (result.verdict, result.message) == (Verdict.judge_error, "the run was cancelled")
    assert seen == ["basic-0", "basic-1", "basic-2"]
    assert set(census.descendants(os.getpid())) <= before
