"""What was measured of a lab's starter stands beside what was measured of the answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.judge.labs.shops import JOINED, write_shop

from greenroom.bank.loader import load_item
from greenroom.bank.models import Item
from greenroom.bank.projects import written
from greenroom.bank.specs import Limits
from greenroom.interview.baselines import Baselines, compared
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.service import Judge


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """One place alone: a run that holds it must not wait for another."""
    try:
        environments.find("web")
    except MissingError as error:
        pytest.skip(str(error))
    made = Judge(jobs=1, spares=1)
    made.warm(Limits(), environment="web")
    yield made
    made.close()


@pytest.fixture
def shop(tmp_path: Path) -> Item:
    write_shop(tmp_path / "dsa" / "orders")
    return load_item(tmp_path / "dsa" / "orders")


def test_findings_quote_the_numbers_before_and_after(judge: Judge, shop: Item) -> None:
    baselines = Baselines(judge)
    place = judge.queue("ada")
    place.wait(None)
    run = judge.run(shop, written({"app.py": JOINED}), place=place)
    told = compared(run, baselines.of(shop, place))
    place.leave()
    rows = [row for finding in told.findings for row in finding.evidence["measured"]]
    assert {(row["before"], row["after"]) for row in rows} >= {("101 queries, budget 2", "1 queries, budget 2")}
    assert [finding.earned for finding in told.findings] == [finding.earned for finding in run.findings]


def test_a_starter_is_measured_once(judge: Judge, shop: Item, monkeypatch: pytest.MonkeyPatch) -> None:
    baselines = Baselines(judge)
    baselines.make_ready(shop)
    monkeypatch.setattr(judge, "run", lambda *_, **__: pytest.fail("measured again"))
    baselines.make_ready(shop)
    assert baselines.of(shop, None)
