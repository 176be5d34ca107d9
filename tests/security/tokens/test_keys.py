"""A retired key signs nothing more. What it signed is accepted until that has ended, and then nothing is."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from greenroom.accounts.keys import ALGORITHMS, Algorithm, KeyFile
from greenroom.accounts.rules import ACCESS_LIFETIME, LEEWAY
from greenroom.accounts.tokens import issue, verify
from greenroom.kernel.errors import InputError
from tests.security.tokens.forging import NOW, REALM, SESSION, USER, Mint

SECOND = timedelta(seconds=1)


@pytest.fixture(params=ALGORITHMS)
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> KeyFile:
    return KeyFile(tmp_path / "keys.json", request.param)


def test_control_a_token_of_the_signing_key_is_accepted(keys: KeyFile) -> None:
    token, access = issue(keys.signer(NOW), REALM, user_id=USER, session_id=SESSION, now=NOW)
    assert verify(token, keys.ring(NOW), REALM, NOW) == access


def test_a_retired_key_is_accepted_until_its_last_token_has_ended(keys: KeyFile) -> None:
    old = keys.signer(NOW)
    token, _ = issue(old, REALM, user_id=USER, session_id=SESSION, now=NOW)
    assert keys.rotate(NOW).kid != old.kid
    last = NOW + ACCESS_LIFETIME - SECOND
    assert verify(token, keys.ring(last), REALM, last).user_id == USER


def test_a_retired_key_is_refused_after_that(keys: KeyFile) -> None:
    old = keys.signer(NOW)
    keys.rotate(NOW)
    later = NOW + ACCESS_LIFETIME + LEEWAY
    Mint(old, keys.ring(later)).refuse(
        issue(old, REALM, user_id=USER, session_id=SESSION, now=later)[0], "an unknown or retired key", later
    )


def test_a_retired_key_signs_nothing_more(keys: KeyFile) -> None:
    old = keys.signer(NOW)
    keys.rotate(NOW)
    assert keys.signer(NOW).kid != old.kid


def test_a_second_rotation_forgets_the_key_before_only_when_its_tokens_have_ended(keys: KeyFile) -> None:
    old = keys.signer(NOW)
    keys.rotate(NOW)
    keys.rotate(NOW + SECOND)
    assert keys.ring(NOW).find(old.kid, NOW + SECOND) is not None
    keys.rotate(NOW + ACCESS_LIFETIME + LEEWAY)
    assert old.kid not in keys.path.read_text(encoding="utf-8")


def test_a_rotation_reaches_another_process_at_its_next_token(keys: KeyFile) -> None:
    other = KeyFile(keys.path, keys.algorithm)
    before = other.signer(NOW)
    made = keys.rotate(NOW)
    assert other.signer(NOW) == made != before


def test_a_rotation_keeps_the_pepper_so_that_sessions_go_on(keys: KeyFile) -> None:
    before = keys.ring(NOW).hash("refresh", "x")
    keys.rotate(NOW)
    assert keys.ring(NOW).hash("refresh", "x") == before


def test_the_hash_of_one_purpose_is_none_of_another(keys: KeyFile) -> None:
    ring = keys.ring(NOW)
    assert len({ring.hash(purpose, "x") for purpose in ("refresh", "csrf", "refresh\0x", "")}) == 4
    assert ring.hash("a", "b") != ring.hash("ab", "")


def test_the_file_is_its_owners_alone(keys: KeyFile) -> None:
    keys.ring(NOW)
    assert stat.S_IMODE(keys.path.stat().st_mode) == 0o600


def test_another_algorithm_by_setting_begins_with_a_new_key_and_the_old_tokens_end_in_time(tmp_path: Path) -> None:
    names: tuple[Algorithm, Algorithm] = ("EdDSA", "HS256")
    for before, after in (names, names[::-1]):
        path = tmp_path / f"{before}.json"
        token, _ = issue(KeyFile(path, before).signer(NOW), REALM, user_id=USER, session_id=SESSION, now=NOW)
        changed = KeyFile(path, after)
        assert changed.signer(NOW).algorithm == after
        assert verify(token, changed.ring(NOW), REALM, NOW).user_id == USER


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"version":1,"keys":[]}', '{"pepper":"AAAA","keys":[{"kid":"x"}]}', "\0"]
)
def test_a_damaged_file_is_named_and_never_replaced(keys: KeyFile, text: str) -> None:
    keys.path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        keys.ring(NOW)
    assert refused.value.mend
    assert keys.path.read_text(encoding="utf-8") == text


def test_a_key_of_another_algorithm_than_ours_in_the_file_is_refused(keys: KeyFile) -> None:
    keys.ring(NOW)
    said = json.loads(keys.path.read_text(encoding="utf-8"))
    said["keys"][0]["algorithm"] = "none"
    keys.path.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(InputError):
        KeyFile(keys.path, keys.algorithm).ring(NOW)
