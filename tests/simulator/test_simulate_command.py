"""`greenroom simulate`: what it prints, its exit codes, what it refuses, and that it can be stopped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from greenroom.cli.main import app
from greenroom.kernel.errors import GreenroomError, InputError
from greenroom.simulator import jit
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs import running
from greenroom.simulator.runs.outcomes import measured
from greenroom.simulator.runs.telling import told

DESIGNS = Path(__file__).parent / "designs"
SMALL = 'round: {slo: {rps: 50, p99_ms: 50}}\nnodes: {api: {kind: async_api}}\nflows: {ask: "api 1ms"}\nseconds: 6\n'


def invoke(*arguments: str, text: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["simulate", *arguments], input=text)
    if isinstance(result.exception, GreenroomError):
        raise result.exception
    return result.exit_code, result.stdout


def test_people_are_told_in_words_and_symbols() -> None:
    code, said = invoke(str(DESIGNS / "shop-page.yaml"), "--seconds", "40")
    assert code == 0, said
    for part in (
        "✓ met       p99_ms",
        "web threads",
        "bottleneck: web",
        "single points of failure: none",
        "slow advice",
    ):
        assert part in said


def test_the_same_file_and_seed_give_the_same_bytes() -> None:
    first, again, other = (invoke("-", "--json", "--seed", seed, text=SMALL)[1] for seed in ("3", "3", "4"))
    assert first == again
    assert first != other
    assert json.loads(other)["seeds"] == [4, 5, 6, 7, 8]


def test_a_missed_limit_is_exit_code_one() -> None:
    code, said = invoke("-", text=SMALL.replace("p99_ms: 50", "p99_ms: 0.5"))
    assert code == 1
    assert "✗ missed    p99_ms" in said


def test_the_price_table_is_shown_with_its_date() -> None:
    code, said = invoke("--prices")
    assert code == 0
    assert "2026-" in said
    assert "postgres" in said
    assert json.loads(invoke("--prices", "--json")[1])["prices"][0]["kind"] == "cdn"


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        ((), None, "no design is named"),
        (("none.yaml",), None, "none.yaml: No such file"),
        (("-",), "nodes: [", "not YAML"),
        (("-",), SMALL + "estimate: {api_bussy_cores: 1}", "cannot be computed"),
        (("-",), SMALL.replace("50,", "9e5,"), "at most 10,000,000 are simulated"),
        (("-",), "# " + "x" * 300_000, "more than 200,000 bytes"),
    ],
)
def test_what_cannot_be_run_is_an_input_error_with_a_mend(
    arguments: tuple[str, ...], text: str | None, message: str
) -> None:
    with pytest.raises(InputError) as caught:
        invoke(*arguments, text=text)
    assert message in caught.value.message
    assert caught.value.mend
    assert caught.value.exit_code == 2


def test_too_much_work_names_seconds_that_are_not() -> None:
    design = read(SMALL.replace("50,", "9e5,").replace("seconds: 6", "seconds: 60"))
    with pytest.raises(InputError) as caught:
        running.check_size(design, 60)
    affordable = int(caught.value.mend.split()[3])
    running.check_size(design, affordable)


def test_a_run_says_how_far_it_is_and_can_be_stopped() -> None:
    design, parts = read(SMALL), list[float]()

    def told_so(part: float) -> bool:
        parts.append(part)
        return part < 0.3

    with pytest.raises(running.Stopped):
        running.simulated(design, 6, 1, progress=told_so)
    assert parts == sorted(parts)
    assert 0.3 <= parts[-1] < 0.5


@pytest.mark.skipif(not jit.COMPILED, reason="numba is not installed")
def test_without_numba_the_outcome_is_the_same_and_a_run_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    design = read(SMALL)
    compiled = told(measured(running.simulated(design, 4, 1)))
    monkeypatch.setattr(jit, "COMPILED", False)
    assert told(measured(running.simulated(design, 4, 1))) == compiled
    busy = read(SMALL.replace("50,", "5000,"))
    assert 2 <= running.affordable_seconds(busy) < 6
    running.check_size(busy, running.affordable_seconds(busy))
    with pytest.raises(InputError, match="interpreted"):
        running.check_size(busy, 6)
