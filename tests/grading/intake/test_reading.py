"""Files of rows: JSON lines and CSV, whatever is in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from greenroom.bank.loader import load_pack
from greenroom.grading.intake.declared import declared_rows, public_texts
from greenroom.grading.intake.reading import read_file
from greenroom.grading.intake.rules import check
from greenroom.grading.scoring.declared import state_of
from greenroom.kernel.errors import InputError


def write(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


GOOD = {"question_id": "q", "question": "?", "references": ["r"], "answer": "a", "label": "correct"}


def test_json_lines_and_csv_say_the_same(tmp_path: Path) -> None:
    lines = write(tmp_path, "a.jsonl", "\n".join(json.dumps({**GOOD, "answer": one}) for one in ("a", 'b, "c"\nd', "")))
    head = "question_id,question,references,answer,label\r\n"
    rows = 'q,?,r,a,correct\r\nq,?,"[""r""]","b, ""c""\nd",correct\r\nq,?,r,,correct\r\n'
    table = write(tmp_path, "a.csv", b"\xef\xbb\xbf" + (head + rows).encode())
    left, right = check(read_file(lines)), check(read_file(table))
    assert [one.row for one in left.taken] == [one.row for one in right.taken]
    assert len(left.taken) == 3
    assert [one.place for one in right.taken] == ["a.csv, line 2", "a.csv, line 3", "a.csv, line 5"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON"),
        (b"[1]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b"\xff\xfe", "no JSON: not UTF-8"),
        (b'{"a": NaN}', "no JSON: NaN is no number"),
        (b'{"a": 1, "a": 2}', "no JSON: a name stands there twice"),
        (b"[" * 100_000, "no JSON"),
        (b'{"question_id": "q", "x": null}', "x"),
        (json.dumps({**GOOD, "answer": "\ud800"}).encode(), "answer"),
    ],
)
def test_a_line_that_is_no_row_goes_into_quarantine(tmp_path: Path, line: bytes, reason: str) -> None:
    path = write(tmp_path, "a.jsonl", line + b"\n\n" + json.dumps(GOOD).encode())
    checked = check(read_file(path))
    assert (len(checked.taken), len(checked.quarantined)) == (1, 1)
    assert reason in checked.quarantined[0].reason
    assert checked.quarantined[0].place == "a.jsonl, line 1"
    assert checked.taken[0].place == "a.jsonl, line 3"


def test_a_row_of_another_width_goes_into_quarantine(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.csv", "item,point,answer,state\nwhy,scale,yes\nwhy,scale,yes,present,extra\nw,s,y,present\n"
    )
    checked = check(read_file(path))
    assert [one.reason for one in checked.quarantined] == ["3 cells for 4 columns", "5 cells for 4 columns"]
    assert len(checked.taken) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", b""),
        ("a.csv", b"a,a\n1,2\n"),
        ("a.csv", b"a,\n1,2\n"),
        ("a.csv", b"\xff\n"),
        ("a.csv", b'a,b\n"open\n'),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_file(write(tmp_path, name, data))
    assert caught.value.mend


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError):
            read_file(path)


def test_the_banks_declared_answers_are_rows(pack: Path) -> None:
    items = load_pack(pack).items
    checked = check(declared_rows(items))
    assert {one.source for one in checked.taken} == {"bank"}
    states = {one.row.decision for one in checked.taken}
    assert {"present", "absent"} <= states
    assert any("why-stateless/accepted/" in one.place for one in checked.taken)
    assert any(items[0].prompt in text for text in public_texts(items))


@pytest.mark.parametrize(
    ("expected", "state"),
    [
        (1.0, "present"), (0.0, "absent"), (0.5, None), ("present", "present"), ("contradicted", "contradicted"),
        ("absent|contradicted", "absent"), ("present|unsure", None), ("absent|present", None), ("unsure", None),
    ],
)  # fmt: skip
def test_a_declaration_is_a_state_or_leaves_it_open(expected: str | float, state: str | None) -> None:
    assert state_of(expected) == state
