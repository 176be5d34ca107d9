"""The bank's own test over labs: what `bank new` writes is proven as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.labs.shops import APP, write_shop

from greenroom.bank.loader import load_item, load_pack
from greenroom.bank.models import Item, Kind, Topic
from greenroom.bank.scaffold import scaffold
from greenroom.bank.verification import Outcome, verify
from greenroom.judge.service import Judge


def answered(judge: Judge, item: Item, answer: str) -> Outcome:
    judge.prepare(item)
    result = judge.run(item, answer)
    return Outcome(findings=result.findings, verdict=result.verdict.value, message=result.message)


@pytest.mark.parametrize("kind", [Kind.service, Kind.ml])
def test_a_new_lab_proves_itself(judge: Judge, pack: Path, kind: Kind) -> None:
    scaffold(kind, "brand-new", topic=Topic.dsa, tag="arrays", pack=pack)
    item = load_pack(pack).by_slug["brand-new"]
    result = verify([item], {kind: lambda item, answer: answered(judge, item, answer)}, root=pack)
    assert result.green, [*result.problems, *result.disagreements]
    assert {check.path for check in result.checks} >= {"accepted/reference", "hostile/exit", "attack/forged-frames"}


def test_a_starter_that_earns_points_is_found(judge: Judge, tmp_path: Path) -> None:
    write_shop(tmp_path / "dsa" / "orders")
    item = load_item(tmp_path / "dsa" / "orders")
    result = verify([item], {Kind.service: lambda item, answer: answered(judge, item, answer)}, root=tmp_path)
    assert item.starter["app.py"] == APP
    assert {check.path for check in result.disagreements} >= {"attack/starter", "attack/patched-clock"}
    assert not any(check.path.startswith(("accepted/", "hostile/")) for check in result.disagreements)
