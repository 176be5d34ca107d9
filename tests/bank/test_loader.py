"""Loading packs: what is well formed loads, what is not names file, line and mend."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.items import write, write_concept_item

from greenroom.bank.loader import core_pack_folder, find_cycle, load_cases, load_item, load_pack
from greenroom.bank.models import Kind, Topic
from greenroom.bank.source import PackError, Problem


def problems_of(root: Path) -> list[Problem]:
    with pytest.raises(PackError) as caught:
        load_pack(root)
    return caught.value.problems


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_pack_loads_with_items_in_topic_order(pack: Path) -> None:
    loaded = load_pack(pack)
    assert [(item.slug, item.topic, item.kind) for item in loaded.items] == [
        ("why-stateless", Topic.jwt, Kind.concept),
        ("add-up", Topic.dsa, Kind.code),
    ]
    assert loaded.by_slug["add-up"].pack == "small"
    assert [hint.cost for hint in loaded.by_slug["add-up"].hints] == [0.05, 0.10]


def test_cases_load_with_their_values(pack: Path) -> None:
    cases = load_cases(load_item(pack / "items/dsa/add-up", root=pack))
    assert [case.visible for case in cases] == [True, False, False, False, False]
    assert cases[0].args == ([1, 2, 3],)


def test_an_unknown_key_is_named_with_its_line(pack: Path) -> None:
    path = pack / "items/jwt/why-stateless/item.yaml"
    change(path, "minutes: 6", "minutes: 6\ndificulty: 3")
    (problem,) = problems_of(pack)
    assert (problem.file, problem.line) == ("items/jwt/why-stateless/item.yaml", 8)
    assert "dificulty" in problem.message
    assert "spelling" in problem.mend


def test_a_wrong_value_deep_inside_is_named_with_its_line(pack: Path) -> None:
    path = pack / "items/jwt/why-stateless/item.yaml"
    change(path, "points: 1", "points: lots")
    (problem,) = problems_of(pack)
    line = path.read_text(encoding="utf-8").splitlines().index("    points: lots") + 1
    assert problem.line == line
    assert "rubric.1.points" in problem.message


def test_broken_yaml_is_named_with_its_line(pack: Path) -> None:
    change(pack / "items/dsa/add-up/item.yaml", "tags: [arrays]", "tags: [arrays")
    (problem,) = problems_of(pack)
    assert problem.line is not None
    assert "not YAML" in problem.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x [1]\nb: *x\n", "alias"),
        ("a: 1\na: 2\n", "stands twice"),
        ("a: !!python/object/apply:os.system [id]\n", "not YAML"),
        ("[" * 500, "not YAML"),
        ("[" * 400_000, "nested deeper"),
        ("a: !!bool maybe", "does not fit its tag"),
        ("a: !!timestamp soon", "does not fit its tag"),
        ("a: !!float '" + "1:" * 400 + "1'", "does not fit its tag"),
        ("a: " + "9" * 5000, "digits"),
    ],
)
def test_hostile_yaml_is_refused(pack: Path, text: str, expected: str) -> None:
    write(pack / "concepts.yaml", text)
    assert any(expected in str(problem) for problem in problems_of(pack))


def test_yaml_is_read_as_the_core_schema(pack: Path) -> None:
    path = pack / "items/dsa/add-up/judge/cases.yaml"
    write(path, "- {name: words, group: basic, args: [[no, yes, 010, 1:30, 2020-01-01]], expect: 1e3}\n")
    (case,) = load_cases(load_item(pack / "items/dsa/add-up", root=pack))
    assert case.args == (["no", "yes", 10, "1:30", "2020-01-01"],)
    assert case.expect == 1000.0


def test_every_problem_of_a_pack_is_reported_at_once(pack: Path) -> None:
    change(pack / "items/jwt/why-stateless/item.yaml", "kind: concept", "kind: essay")
    (pack / "items/dsa/add-up/debrief.md").unlink()
    files = {problem.file for problem in problems_of(pack)}
    assert files == {"items/jwt/why-stateless/item.yaml", "items/dsa/add-up/debrief.md"}


def test_invalid_utf8_is_named_with_its_line(pack: Path) -> None:
    (pack / "items/jwt/why-stateless/prompt.md").write_bytes(b"fine\n\xff\xfe\n")
    (problem,) = problems_of(pack)
    assert (problem.line, "UTF-8" in problem.message) == (2, True)


def test_links_out_of_the_pack_are_not_followed(pack: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("outside", encoding="utf-8")
    prompt = pack / "items/jwt/why-stateless/prompt.md"
    prompt.unlink()
    prompt.symlink_to(secret)
    (problem,) = problems_of(pack)
    assert "link" in problem.message


def test_linked_item_folders_are_not_followed(pack: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write_concept_item(outside)
    (pack / "items/jwt/linked").symlink_to(outside)
    assert any("outside the pack" in problem.message for problem in problems_of(pack))


def test_a_missing_sort_of_submission_is_a_problem(pack: Path) -> None:
    (pack / "items/jwt/why-stateless/submissions/hostile/orders.md").unlink()
    messages = [problem.message for problem in problems_of(pack)]
    assert any("no hostile submission" in message for message in messages)


def test_item_covers_must_equal_what_its_points_cover(pack: Path) -> None:
    change(
        pack / "items/jwt/why-stateless/item.yaml",
        "covers: [jwt.stateless.no-session, jwt.stateless.scale]",
        "covers: []",
    )
    (problem,) = problems_of(pack)
    assert "jwt.stateless.scale" in problem.message


def test_an_unknown_tag_is_a_problem(pack: Path) -> None:
    change(pack / "items/dsa/add-up/item.yaml", "tags: [arrays]", "tags: [arrays, magic]")
    (problem,) = problems_of(pack)
    assert "'magic'" in problem.message


def test_tags_that_need_each_other_are_a_problem(pack: Path) -> None:
    write(
        pack / "concepts.yaml",
        "jwt-stateless: {topic: jwt, needs: [arrays]}\narrays: {topic: dsa, needs: [jwt-stateless]}\n",
    )
    (problem,) = problems_of(pack)
    assert "need each other" in problem.message


def test_find_cycle() -> None:
    assert find_cycle({"a": ("b",), "b": ("c",), "c": ()}) == []
    assert find_cycle({"a": ("b",), "b": ("c", "d"), "c": (), "d": ("b",)}) == ["b", "d", "b"]


def test_a_folder_without_pack_yaml_says_what_a_pack_is(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path)
    assert "pack.yaml" in problem.message
    assert "concepts.yaml" in problem.mend


def test_the_core_pack_loads() -> None:
    assert load_pack(core_pack_folder()).head.id == "core"
