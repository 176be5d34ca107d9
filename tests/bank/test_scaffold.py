"""What `bank new` writes loads and is never written over anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from greenroom.bank.loader import load_pack
from greenroom.bank.models import Kind, Topic
from greenroom.bank.scaffold import scaffold
from greenroom.kernel.errors import ConflictError


@pytest.mark.parametrize("kind", list(Kind))
def test_a_scaffold_loads(pack: Path, kind: Kind) -> None:
    scaffold(kind, "brand-new", topic=Topic.dsa, tag="arrays", pack=pack)
    item = load_pack(pack).by_slug["brand-new"]
    assert item.kind is kind
    assert {submission.sort for submission in item.submissions} == {"accepted", "partial", "wrong", "hostile"}


def test_nothing_is_overwritten(pack: Path) -> None:
    before = (pack / "items/dsa/add-up/item.yaml").read_bytes()
    with pytest.raises(ConflictError):
        scaffold(Kind.code, "add-up", topic=Topic.dsa, tag="arrays", pack=pack)
    assert (pack / "items/dsa/add-up/item.yaml").read_bytes() == before
