"""Multi-pass cases: which turn follows another; and programs of packages that cannot be made."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.bank.kattis_packages import legacy

from greenroom.bank.kattis.reading import read_package
from greenroom.judge.faults import CancelledError, JudgeFaultError
from greenroom.judge.problems import programs
from greenroom.judge.problems.programs import Compiled
from greenroom.judge.problems.turns import Turn, together
from greenroom.judge.problems.validating import Judgement
from greenroom.judge.reading import Report


@pytest.fixture
def turn(tmp_path: Path) -> Turn:
    (case,) = read_package(legacy(tmp_path / "p")).secret.cases
    return Turn(case)


def test_what_the_validator_wrote_is_the_next_input_and_the_rest_stays(turn: Turn) -> None:
    written = {"nextpass.in": b"5\n", "state.txt": b"half way"}
    following = turn.after(Judgement(True, written=written), passes=2)

    assert following is not None
    assert (following.given, following.number) == (b"5\n", 2)
    assert following.files() == {
        "01.in": b"5\n",
        "01.ans": b"7\n",
        "feedback/": b"",
        "feedback/state.txt": b"half way",
    }
    assert turn.files()["01.in"] == b"3 4\n"


def test_it_ends_with_the_turn_that_has_no_next_one(turn: Turn) -> None:
    assert turn.after(Judgement(True, written={"state.txt": b""}), passes=2) is None
    assert turn.after(Judgement(False), passes=2) is None
    assert turn.after(None, passes=2) is None


@pytest.mark.parametrize(
    ("accepted", "number", "said"), [(False, 1, "did not accept"), (True, 2, "more than 2 passes")]
)
def test_a_next_turn_that_must_not_be_is_the_judges_fault(turn: Turn, accepted: bool, number: int, said: str) -> None:
    late = Turn(turn.case, number=number)
    with pytest.raises(JudgeFaultError, match=said):
        late.after(Judgement(accepted, written={"nextpass.in": b""}), passes=2)


def test_a_case_takes_what_its_longest_turn_takes() -> None:
    reports = [
        Report(None, 0, cpu, 2 * cpu, peak, b"", out, b"") for cpu, peak, out in ((3.0, 1.0, b"a"), (1, 9, b"b"))
    ]

    assert together(reports) == Report(None, 0, 3.0, 6.0, 9, b"", b"b", b"")


def test_a_program_that_cannot_be_made_is_not_made_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = read_package(legacy(tmp_path / "p"))
    (source,) = package.input_validators
    tried: list[Exception] = []

    def fail(*_: object) -> None:
        tried.append(CancelledError("stopped") if not tried else JudgeFaultError("no such compiler"))
        raise tried[-1]

    monkeypatch.setattr(programs, "_compile", fail)
    compiled = Compiled()
    for expected in (CancelledError, JudgeFaultError, JudgeFaultError):
        with pytest.raises(expected):
            compiled.program(package, source, None, lambda: None)  # type: ignore[arg-type]

    assert len(tried) == 2
    source.path.write_text("# mended\n")
    with pytest.raises(JudgeFaultError):
        compiled.program(package, source, None, lambda: None)  # type: ignore[arg-type]
    assert len(tried) == 3
