"""The bank that an interview draws from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.labs.shops import write_shop

from greenroom.bank.loader import load_pack
from greenroom.interview.catalogue import Catalogue
from greenroom.judge import environments
from greenroom.judge.environments import MissingError


def test_what_this_host_cannot_run_is_not_asked(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shop(pack / "items" / "dsa" / "orders")
    catalogue = Catalogue([load_pack(pack)])
    missing = {"web"}

    def find(name: str) -> None:
        if name in missing:
            raise MissingError(f"{name} is not installed")

    monkeypatch.setattr(environments, "find", find)
    assert {item.slug for item in catalogue.items} == {"why-stateless", "add-up"}
    assert catalogue.get("orders") is not None  # a round that asked it before still finds it
    missing.clear()
    assert {item.slug for item in catalogue.items} == {"why-stateless", "add-up", "orders"}
