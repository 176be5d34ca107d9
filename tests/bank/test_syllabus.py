"""The syllabus is ours and whole, and coverage counts what points prove."""

from __future__ import annotations

from pathlib import Path

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Kind, Topic
from greenroom.bank.syllabus import coverage, coverage_matrix, syllabus, topic_titles


def test_there_are_96_statements_under_eight_topics() -> None:
    assert len(syllabus()) == 96
    assert {statement.topic for statement in syllabus().values()} == set(Topic) == set(topic_titles())


def test_coverage_of_a_small_pack(pack: Path) -> None:
    report = coverage(load_pack(pack).items)
    assert (report["covered"], report["total"]) == (3, 96)
    rows = dict(coverage_matrix(report))
    assert rows["dsa.two-pointers"] == dict.fromkeys(Kind, 0) | {Kind.code: 1}
    assert not any(rows["dsa.recursion"].values())


def test_the_core_pack_covers_every_statement() -> None:
    report = coverage(load_pack(core_pack_folder()).items)
    assert [row["id"] for row in report["statements"] if not row["items"]] == []
