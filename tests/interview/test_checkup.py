from __future__ import annotations

from collections.abc import Iterator

import pytest

from greenroom.interview.checkup import environments_fact, postgres_fact
from greenroom.judge import environments
from greenroom.judge.environments import MissingError
from greenroom.judge.postgres import installation


@pytest.fixture(autouse=True)
def found_anew() -> Iterator[None]:
    environments.find.cache_clear()
    yield
    environments.find.cache_clear()


def test_the_versions_of_what_is_installed_are_listed() -> None:
    fact = environments_fact()
    assert (fact.state, fact.mend) == ("ok", "")
    assert "plain (standard library), web (fastapi " in fact.found
    assert "ml (numpy " in fact.found


def test_what_is_missing_comes_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {**environments.DISTRIBUTIONS, "ml": ("numpy", "no-such-library")}
    monkeypatch.setattr(environments, "DISTRIBUTIONS", wanted)
    fact = environments_fact()
    assert fact.state == "weak"
    assert "no-such-library missing; install it with `pip install 'greenroom[ml]'`" in fact.mend
    assert "web (fastapi " in fact.found
    assert "ml (" not in fact.found


def test_postgresql_is_found_or_said_how_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    fact = postgres_fact()
    assert fact.state == "ok"
    assert fact.found.startswith(installation.find().version)

    def find() -> None:
        raise MissingError(f"there is none; {installation.INSTALLATION}")

    monkeypatch.setattr(installation, "find", find)
    fact = postgres_fact()
    assert (fact.state, fact.found) == ("weak", "none: labs on PostgreSQL are not asked")
    assert "greenroom[postgres]" in fact.mend
