"""Files of labelled answers: what is read, what is set aside with its reason, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from greenroom.grading.scoring.labelled import read_answers
from greenroom.grading.scoring.labels import NOT_CORRECT, Level, at, common_level, levels, normal, shared_level, taught
from greenroom.kernel.errors import InputError

ROW: dict[str, Any] = {
    "question_id": "q1", "question": "Why?", "references": ["Because."], "answer": "So.", "label": "correct",
}  # fmt: skip


def written(folder: Path, *rows: Any, name: str = "answers.jsonl") -> Path:
    path = folder / name
    lines = [one if isinstance(one, str) else json.dumps(one) for one in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_read_with_labels_scores_or_both(tmp_path: Path) -> None:
    scored = {**ROW, "label": None, "score": 2.5}
    found = read_answers(written(tmp_path, ROW, scored, {**ROW, "score": 1, "question_id": 7}, {**ROW, "answer": ""}))
    assert [(one.label, one.score) for one in found.answers] == [
        ("correct", None), (None, 2.5), ("correct", 1.0), ("correct", None),
    ]  # fmt: skip
    assert found.answers[2].question_id == "7"
    assert found.as_json() | {"path": ""} == {
        "path": "", "answers": 4, "questions": 2, "labels": {"correct": 3}, "unknown_labels": [], "scores": 2,
        "repeated": 1, "rejected": 0, "rejected_rows": [], "ignored_columns": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("{broken", "no JSON: "),
        ("[1, 2]", "no JSON object"),
        ({key: value for key, value in ROW.items() if key != "answer"}, "answer: Field required"),
        ({**ROW, "references": []}, "references"),
        ({**ROW, "references": ["", "  "]}, "references"),
        ({**ROW, "references": [3.5, None]}, "references"),
        ({**ROW, "label": None}, "neither label nor score"),
        ({**ROW, "label": " "}, "neither label nor score"),
        ({**ROW, "score": float("nan")}, "score"),
        ({**ROW, "score": True}, "score is no number"),
        ({**ROW, "score": "much"}, "score"),
        ({**ROW, "question_id": ""}, "question_id"),
        ({**ROW, "answer": "a" * 100_001}, "answer"),
        ("[" * 100_000, "no JSON: "),
        ({**ROW, "answer": "half \ud800"}, "answer: half of a surrogate pair"),
        ({**ROW, "references": ["\udc80"]}, "references.0: half of a surrogate pair"),
        ({**ROW, "score": 1e308}, "score"),
        ({**ROW, "score": -1e7}, "score"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_line_and_reason(tmp_path: Path, fault: Any, reason: str) -> None:
    found = read_answers(written(tmp_path, ROW, "", fault, ROW))
    assert len(found.answers) == 2
    (rejected,) = found.rejected
    assert rejected.line == 3
    assert reason in rejected.reason


def test_a_byte_that_is_not_utf8_costs_its_own_row_only(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    good = json.dumps(ROW).encode()
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\n" + good.replace(b"So.", b"\xff") + b"\r\n" + good)
    found = read_answers(path)
    assert (len(found.answers), [one.as_json() for one in found.rejected]) == (2, [{"line": 2, "reason": "not UTF-8"}])


def test_csv_has_the_same_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "question_id,question,references,answer,score,label,note",
        'q1,"Why, then?","[""Because."", ""So it is.""]","Two\nlines",4.5,,x',
        "q1,Why?,[a] plain text,So.,,correct,y",
        "q1,Why?,\"['single', 'quotes']\",So.,3,,z",
        "q1,Why?",
        name="answers.csv",
    )
    found = read_answers(path)
    assert [one.references for one in found.answers] == [
        ("Because.", "So it is."), ("[a] plain text",), ("single", "quotes"),
    ]  # fmt: skip
    assert [one.score for one in found.answers] == [4.5, None, 3.0]
    assert found.ignored_columns == {"note"}
    assert [one.reason for one in found.rejected] == ["another number of cells than the first line"]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.jsonl", None, "No such file"),
        ("empty.jsonl", b"", "it is empty"),
        ("bad.jsonl", b"{}\n", "line 1: question_id: Field required"),
        ("bad.csv", b"question,answer\na,b\n", "no column question_id, references"),
        ("twice.csv", b"question_id,question,references,answer,answer\nq,w,r,a,z\n", "twice there is a column answer"),
        ("latin.csv", b"question_id,question,references,answer\nq,\xe9,r,a\n", "line 2: not UTF-8"),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_mend(tmp_path: Path, name: str, content: bytes | None, told: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=told) as error:
        read_answers(path)
    assert error.value.mend


SEMEVAL_5 = {"correct", "partially_correct_incomplete", "contradictory", "irrelevant", "non_domain"}
SEMEVAL_3 = {"correct", "contradictory", "incorrect"}
SAF = {normal(one) for one in ("Correct", "Partially correct", "Incorrect")}


def test_labels_have_the_levels_that_their_classes_allow() -> None:
    assert levels(SEMEVAL_5) == [Level.own, Level.three_way, Level.two_way]
    assert levels(SEMEVAL_3) == [Level.three_way, Level.two_way]
    assert levels({"correct", "incorrect"}) == [Level.two_way]
    assert levels(SAF) == [Level.own, Level.two_way]
    assert levels({"good", "bad"}) == [Level.own]
    assert at(Level.three_way, "partially_correct_incomplete") == "incorrect"


def test_training_and_test_meet_at_the_finest_level_that_both_have() -> None:
    assert common_level(SEMEVAL_5, SEMEVAL_5) is Level.own
    assert common_level(SEMEVAL_5, SEMEVAL_3) is Level.three_way
    assert common_level(SEMEVAL_3, {"correct", "incorrect"}) is Level.two_way
    assert common_level({"correct", "incorrect"}, SEMEVAL_5) is Level.two_way
    assert common_level(SAF, SEMEVAL_3) is Level.two_way
    assert common_level({"good", "bad"}, SEMEVAL_3) is None


def test_a_set_without_contradictions_teaches_two_ways_beside_one_with_them() -> None:
    assert shared_level([SEMEVAL_3, SEMEVAL_3]) is Level.own
    assert shared_level([SEMEVAL_3, SAF]) is Level.three_way
    assert shared_level([{"correct", "incorrect"}, SAF]) is Level.two_way
    assert taught(["correct", None, "partially_correct"], Level.three_way) == ["correct", None, NOT_CORRECT]
    assert taught(["correct", "contradictory"], Level.three_way) == ["correct", "contradictory"]
