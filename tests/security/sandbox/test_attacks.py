"""Every attack is contained, gets the right verdict and leaves nothing behind, at every tier that this host allows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.judge.small_items import small_item
from tests.security.sandbox.attacks import SECRET, Attack
from tests.security.sandbox.forging import FORGING
from tests.security.sandbox.reach import REACH
from tests.security.sandbox.resources import RESOURCES
from tests.security.sandbox.tricks import CLAIMS, REACHING, TAKING

from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

NAMESPACED = {"processes of the host", "inherited descriptors and environment"}
"""Attacks that a tier without namespaces does not stop, or stops another way; `docs/sandbox.md` says which."""


def run(judge: Judge, folder: Path, attack: Attack, returns: str, expect: object) -> RunResult:
    code = CodeSpec.model_validate({"form": "function", "entry": "solve", "parameters": [], "returns": returns})
    case = {"name": "attack", "group": "basic", "visible": True, "args": [], "expect": expect}
    limits = Limits(cpu_s=0.6, wall_s=attack.wall_s, memory_mb=96, processes=8, output_kb=64, disk_mb=4)
    return judge.run(small_item(folder / "item", code=code, cases=[case], limits=limits), attack.source)


def assert_as_declared(result: RunResult, attack: Attack) -> None:
    told = [(case.verdict, case.message, case.actual) for case in result.cases] or result.message
    assert result.verdict in attack.verdicts, told
    assert attack.message in str(result.cases[0].message), told
    if result.verdict is not Verdict.accepted:
        assert all(finding.earned == 0 for finding in result.findings)


def named(attacks: list[Attack]) -> list[object]:
    return [pytest.param(attack, id=attack.name) for attack in attacks]


@pytest.mark.parametrize("attack", named([*RESOURCES, *TAKING]))
def test_taking_too_much(walled: Judge, tmp_path: Path, attack: Attack) -> None:
    assert_as_declared(run(walled, tmp_path, attack, "int", SECRET), attack)


@pytest.mark.parametrize("attack", named([*REACH, *REACHING]))
def test_reaching_out(walled: Judge, tmp_path: Path, attack: Attack) -> None:
    if attack.x86_only and os.uname().machine != "x86_64":
        pytest.skip("x86 only")
    if walled.tier > 1 and attack.name in NAMESPACED:
        pytest.skip("tier 1 only")
    assert_as_declared(run(walled, tmp_path, attack, "str", "contained"), attack)


@pytest.mark.parametrize("attack", named([*FORGING, *CLAIMS]))
def test_forging_a_verdict(walled: Judge, tmp_path: Path, attack: Attack) -> None:
    result = run(walled, tmp_path, attack, "int", SECRET)
    assert_as_declared(result, attack)
    assert result.cases[0].verdict is not Verdict.accepted
