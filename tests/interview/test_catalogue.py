"""The bank that an interview draws from."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.labs.shops import write_shop

from greenroom.bank.loader import load_pack
from greenroom.interview.catalogue import Catalogue
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.postgres import installation


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


def test_a_lab_on_postgresql_is_asked_where_there_is_one(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = pack / "items" / "dsa" / "orders"
    write_shop(folder)
    head = folder / "item.yaml"
    head.write_text(head.read_text().replace("lab: {environment: web,", "lab: {environment: web, postgres: true,"))
    catalogue = Catalogue([load_pack(pack)])

    def find() -> None:
        raise MissingError("there is no PostgreSQL here")

    assert "orders" in {item.slug for item in catalogue.items}
    monkeypatch.setattr(installation, "find", find)
    assert "orders" not in {item.slug for item in catalogue.items}
