"""A snapshot is what its manifest says, to the last character, with the keys and without them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.grading.intake import manifests, sealing
from greenroom.grading.intake.errors import SnapshotDamaged
from greenroom.grading.intake.rules import check
from greenroom.grading.intake.schemas import Found, Subject

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = {name: sealing.new_key() for name in ("ada", "bob")}
_texts = st.text(max_size=40)
_words = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), _texts)
_json = st.recursive(_words, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4))


def point(answer: str, state: str, who: str | None = None, place: str = "") -> Found:
    values = {"item": "why-stateless", "item_version": 2, "point": "scale", "answer": answer, "state": state}
    subject = Subject(who, KEYS[who], 1, NOW) if who else None
    return Found("audit" if who else "bank", place or answer[:20], values, subject=subject)


def snapshot(rows: list[Found]) -> manifests.Made:
    return manifests.made("snapshot-1", check(rows), NOW, 0)


def read(made: manifests.Made, keys: dict[str, bytes] | None = None) -> manifests.Content:
    given_keys = KEYS if keys is None else keys
    return manifests.verified(made.snapshot, made.rows, made.quarantine, given_keys.get)


@given(st.dictionaries(_texts, _json, max_size=6), st.randoms())
def test_canonical_json_does_not_depend_on_the_order_of_names(value: dict[str, Any], random: Any) -> None:
    names = list(value)
    random.shuffle(names)
    assert sealing.canonical({name: value[name] for name in names}) == sealing.canonical(value)


@given(st.dictionaries(_texts, _json, max_size=4), _texts)
def test_what_was_sealed_is_unsealed_with_its_key_and_place_alone(value: dict[str, Any], about: str) -> None:
    key = sealing.new_key()
    sealed = sealing.seal(key, about, value)
    assert sealing.unseal(key, about, sealed) == value
    for other_key, other_about in ((sealing.new_key(), about), (key, about + "x")):
        with pytest.raises(ValueError, match="changed"):
            sealing.unseal(other_key, other_about, sealed)


_some = st.lists(
    st.tuples(st.text(max_size=20), st.sampled_from(["present", "absent", "?"]), st.sampled_from([None, "ada", "bob"])),
    min_size=1,
    max_size=8,
)


@given(_some)
def test_every_row_is_read_as_it_was_taken(rows: list[tuple[str, str, str | None]]) -> None:
    batch = [point(text, state, who, str(number)) for number, (text, state, who) in enumerate(rows)]
    made, checked = snapshot(batch), check(batch)
    content = read(made)
    assert content.erased == 0
    assert sorted(one.row.answer for one in content.rows) == sorted(one.row.answer for one in checked.taken)
    assert content.manifest["read"] == len(rows) == content.manifest["taken"] + content.manifest["quarantined"]
    # Without a key its rows are gone, and the rest is verified and read as before.
    without = read(made, {"bob": KEYS["bob"]})
    assert without.sha256 == content.sha256
    assert without.erased == sum(one.subject == "ada" for one in content.rows)
    assert {one.subject for one in without.rows} <= {None, "bob"}


GOOD = [
    point("one answer", "present"),
    point("another", "absent"),
    point("mine", "present", "ada", "d1"),
    point("x", "?"),
]


def _first(made: manifests.Made, *, sealed: bool) -> dict[str, Any]:
    return next(one for one in made.rows if (one["subject"] is not None) is sealed)


CHANGES: dict[str, Any] = {
    "a character of a row": lambda made: _first(made, sealed=False).update(body=made.rows[0]["body"] + " "),
    "a character of a sealed row": lambda made: _first(made, sealed=True).update(body="aes-256-gcm:AAAA"),
    "a row less": lambda made: made.rows.pop(),
    "a row more": lambda made: made.rows.append(dict(made.rows[0])),
    "two rows in another order": lambda made: made.rows.reverse(),
    "a row that is given to somebody": lambda made: _first(made, sealed=False).update(subject="bob"),
    "a character of the manifest": lambda made: made.snapshot.update(
        manifest=made.snapshot["manifest"].replace('"taken":3', '"taken":4')
    ),
    "the manifest of another": lambda made: made.snapshot.update(id="snapshot-2"),
    "a reason": lambda made: made.quarantine[0].update(reason="another"),
    "no quarantine": lambda made: made.quarantine.clear(),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_seen(change: str) -> None:
    made = copy.deepcopy(snapshot(GOOD))
    assert len(read(made).rows) == 3
    CHANGES[change](made)
    with pytest.raises(SnapshotDamaged):
        read(made)


def test_what_is_stored_of_a_candidate_tells_nothing_without_the_key() -> None:
    answer, guess = "a secret answer", {"sort": "point", "asked": "why-stateless/scale", "answer": "a secret answer"}
    made = snapshot([point(answer, "present", "ada", "dispute 1"), point("bad secret", "?", "ada", "dispute 2")])
    everything = sealing.canonical([made.rows, made.quarantine, made.snapshot["manifest"]])
    for text in ("secret", "dispute", sealing.row_id(None, {**guess, "decision": "present"}), sealing.digest(answer)):
        assert text not in everything


def test_a_row_has_the_same_id_in_every_snapshot_and_another_body() -> None:
    first, second = snapshot(GOOD), snapshot(GOOD)
    assert [one["row_id"] for one in first.rows] == [one["row_id"] for one in second.rows]
    assert _first(first, sealed=True)["body"] != _first(second, sealed=True)["body"]
    assert _first(first, sealed=False)["body"] == _first(second, sealed=False)["body"]
