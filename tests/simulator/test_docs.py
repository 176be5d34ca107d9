"""What `docs/simulator.md` says of the format is so."""

from __future__ import annotations

import re
from pathlib import Path

from greenroom.simulator.design.describing import table
from greenroom.simulator.design.kinds import KINDS
from greenroom.simulator.design.prices import DATED, PRICES
from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.references import check_names

DOCS = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()


def test_the_table_of_kinds_is_that_of_the_code() -> None:
    assert "\n".join(table()) in DOCS


def test_the_design_of_the_docs_can_be_read() -> None:
    block = next(one for one in re.findall(r"(?:^    .*\n)+", DOCS, re.MULTILINE) if "round:" in one)
    design = read("\n".join(line[4:] for line in block.splitlines()))
    check_names(design)
    assert design.clamped == ()
    assert set(design.flows) == {"look", "buy"}


def test_prices_are_dated_and_there_for_every_kind() -> None:
    assert set(PRICES) == set(KINDS)
    assert DATED in DOCS
