from __future__ import annotations

import pytest

from greenroom.kernel.errors import InputError
from greenroom.platform.settings import load_settings


@pytest.mark.parametrize(("mode", "kept"), [(None, 3), ("zygote", 3), ("exec", 0)])
def test_the_exec_mode_keeps_no_sandbox(monkeypatch: pytest.MonkeyPatch, mode: str | None, kept: int) -> None:
    monkeypatch.setenv("GREENROOM_JUDGE_SPARES", "3")
    if mode is not None:
        monkeypatch.setenv("GREENROOM_JUDGE_MODE", mode)
    assert load_settings().spares == kept


def test_a_mode_that_is_none_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_JUDGE_MODE", "fork")
    with pytest.raises(InputError, match="GREENROOM_JUDGE_MODE: Input should be 'zygote' or 'exec'"):
        load_settings()


def test_the_database_is_a_file_unless_an_address_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings()
    assert settings.database == settings.data_dir / "greenroom.db"
    for address in ("postgresql://me:secret@db/greenroom", "postgres://me:secret@db/greenroom"):
        monkeypatch.setenv("GREENROOM_DATABASE_URL", address)
        settings = load_settings()
        assert settings.database == "postgresql://me:secret@db/greenroom"
        assert "secret" not in repr(settings)


def test_another_sort_of_database_is_refused_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENROOM_DATABASE_URL", "mysql://me:secret@db/greenroom")
    with pytest.raises(InputError, match=r"GREENROOM_DATABASE_URL: .*postgresql://") as caught:
        load_settings()
    assert "secret" not in caught.value.line()
