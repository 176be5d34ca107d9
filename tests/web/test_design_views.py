"""What a design round shows beside its question, for every design item of the core pack."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, Kind
from greenroom.interview.designs import pictured
from greenroom.web.design_views import desk

ITEMS = [item for item in load_pack(core_pack_folder()).items if item.kind is Kind.design]
ROUND = cast(Any, SimpleNamespace(id="one", commitment=None))


@pytest.mark.parametrize("item", ITEMS, ids=[item.slug for item in ITEMS])
def test_a_round_says_what_it_is_held_to_and_draws_its_starter(item: Item) -> None:
    shown = desk(item, ROUND)
    assert shown is not None
    assert item.head.design is not None
    assert all(one["says"] for one in shown["estimates"])
    assert len(shown["faults"]) == len(item.head.design.faults)
    assert [one["name"] for one in shown["limits"]] == list(item.head.design.slo)
    found = pictured(item, shown["starter"])
    assert found["problems"] == []
    fields = {field["name"] for node in found["drawing"]["nodes"] for field in node["fields"]}
    assert not fields & {"usd", "law", "spread"}  # the round sets them
