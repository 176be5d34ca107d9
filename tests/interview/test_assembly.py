"""What the settings make of the parts, once they are opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.judge.small_items import double_item
from tests.judge.tiers import interpreter_for

from greenroom.interview.assembly import open_workplace
from greenroom.judge import census
from greenroom.judge.results import Verdict
from greenroom.platform.settings import load_settings

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("mode", ["zygote", "exec"])
async def test_in_the_exec_mode_no_process_stays_between_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    interpreter_for(1)
    monkeypatch.setenv("GREENROOM_JUDGE_MODE", mode)
    item = double_item(tmp_path / "item")
    before = set(census.descendants(os.getpid()))
    async with open_workplace(load_settings(data_dir=tmp_path / "data")) as opened:
        judge = opened.answering.judge
        opened.answering.make_ready(item)
        judge.warm(item.head.limits)
        assert judge.run(item, "def solve(n):\n    return 2 * n\n").verdict is Verdict.accepted
        assert bool(set(census.descendants(os.getpid())) - before) is (mode == "zygote")
    assert set(census.descendants(os.getpid())) == before
