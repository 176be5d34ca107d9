"""What compiled code, and what a source does to its compiler, is contained at every tier."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import program, small_item
from tests.security.sandbox.attacks import Attack
from tests.security.sandbox.native import CALLS, TAKING, UNCOMPILED

from greenroom.bank.specs import Limits
from greenroom.judge import languages
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

pytestmark = pytest.mark.skipif(languages.find("c") is None, reason="this host has no C compiler")

CASES = [{"name": name, "group": "basic", "visible": True, "stdin": "", "expect": "contained\n"} for name in "ab"]
TIER_1_ONLY = {"disk", "other processes", "memory of init"}
"""Without namespaces the disk is limited file by file, and the host's processes can be named."""


def run(judge: Judge, folder: Path, source: str, wall_s: float = 20.0) -> RunResult:
    limits = Limits(cpu_s=0.6, wall_s=wall_s, memory_mb=96, processes=8, output_kb=64, disk_mb=4)
    item = small_item(folder / "item", code=program("tokens"), cases=CASES, limits=limits)
    return judge.run(item, source, language="c")


@pytest.mark.parametrize("attack", [pytest.param(one, id=one.name) for one in [*CALLS, *TAKING]])
def test_compiled_code_is_contained(walled: Judge, tmp_path: Path, attack: Attack) -> None:
    if walled.tier > 1 and attack.name in TIER_1_ONLY:
        pytest.skip("tier 1 only")
    result = run(walled, tmp_path, attack.source, attack.wall_s)
    told = [(case.verdict, case.message, case.actual) for case in result.cases] or result.message
    assert result.verdict in attack.verdicts, told
    if result.verdict is Verdict.accepted:
        assert len(result.cases) == 2


@pytest.mark.parametrize("name", UNCOMPILED)
def test_what_a_source_does_to_the_compiler_is_contained(walled: Judge, tmp_path: Path, name: str) -> None:
    result = run(walled, tmp_path, UNCOMPILED[name])
    assert result.verdict is Verdict.compile_error, result
    assert result.message
    assert "root:" not in result.message
    assert result.findings
    assert all(finding.earned == 0 for finding in result.findings)
