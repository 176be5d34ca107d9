"""Folders as archives have them: links, litter, odd bytes, broken heads; and the packages in an archive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.bank.kattis_packages import Files, Write, below, current, legacy, noted, problem_of, problems_of, put

from greenroom.bank.kattis import files as bounds
from greenroom.bank.kattis.importing import write_item
from greenroom.bank.kattis.reading import find_packages, read_package
from greenroom.bank.source import PackError

both = pytest.mark.parametrize("write", [legacy, current])


def link(path: Path, target: str | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


# --- links


@both
@pytest.mark.parametrize(
    "name",
    [
        "problem.yaml",
        "data",
        "data/secret/02.in",
        "data/secret/group",
        "output_validators/testlib.h",
    ],
)
@pytest.mark.parametrize("absolute", [True, False])
def test_links_out_of_what_judges_are_refused_and_named(
    tmp_path: Path, write: Write, name: str, absolute: bool
) -> None:
    root = write(tmp_path / "p")
    # Were it read it would be a problem of its own: it is no YAML.
    outside = put(tmp_path / "outside", {"secret.yaml": "password: [hunter2\n", "testdata.yaml": "password: ["})
    if (root / name).exists():
        (root / name).rename(tmp_path / "moved")
    target = outside if "." not in name else outside / "secret.yaml"
    link(root / name, target if absolute else os.path.relpath(target, (root / name).parent))
    problem = problem_of(root)
    assert problem.file == name
    assert "a link out of the package" in problem.message
    assert "hunter2" not in str(problem)


@both
@pytest.mark.parametrize("name", ["submissions/accepted/other.py", "generators/deep/down/x", "attachments"])
@pytest.mark.parametrize("absolute", [True, False])
def test_other_links_out_of_the_package_are_named_and_not_followed(
    tmp_path: Path, write: Write, name: str, absolute: bool
) -> None:
    root = write(tmp_path / "p")
    outside = put(tmp_path / "outside", {"secret.py": "hunter2\n"})
    target = outside if "." not in name else outside / "secret.py"
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    link(root / name, target if absolute else os.path.relpath(target, (root / name).parent))

    package = read_package(root)
    noted(package, name, "a link out of the package")
    item = write_item(tmp_path / "pack", "p", package).folder
    assert not os.path.lexists(item / "judge/package" / name)
    assert not any(b"hunter2" in path.read_bytes() for path in item.rglob("*") if path.is_file())


@both
def test_links_within_the_archive_are_followed(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "in/p")
    put(tmp_path / "in/shared", {"check.h": "// shared\n"})
    link(root / "input_validators/check/check.h", "../../../shared/check.h")
    put(root, {"input_validators/check/check.cpp": ""})

    package = read_package(root, within=tmp_path / "in")
    item = write_item(tmp_path / "pack", "p", package, tmp_path / "in").folder
    assert (item / "judge/package/input_validators/check/check.h").read_text() == "// shared\n"
    assert not (item / "judge/package/input_validators/check/check.h").is_symlink()


def test_a_copy_follows_no_circle_and_no_link_to_nothing(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p", {"misc/x": "1", "other/y": "2"})
    link(root / "misc/other", "../other")
    link(root / "other/misc", "../misc")
    link(root / "misc/gone", "nowhere")

    item = write_item(tmp_path / "pack", "p", read_package(root)).folder / "judge/package"
    assert (item / "misc/other/y").read_text() == "2"
    assert not (item / "misc/other/misc").exists()
    assert not os.path.lexists(item / "misc/gone")


def test_the_reader_of_files_does_not_follow_links_out_either(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p")
    put(tmp_path / "outside", {"file": ""})
    link(root / "data/out", tmp_path / "outside")
    link(root / "data/out.in", tmp_path / "outside/file")
    files = bounds.Files(root.resolve())
    assert [entry.name for entry in files.entries(files.root / "data")] == ["sample", "secret"]
    assert not files.is_file(files.root / "data/out.in")
    assert not files.is_file(files.root / "data/out/file")
    assert not files.is_folder(files.root / "data/out")


@both
def test_every_link_out_is_named(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    link(root / "data/secret/a.in", "/etc/passwd")
    link(root / "include/b", "../../..")
    link(root / "data/secret/c", root.parent / "p2")
    assert [problem.file for problem in problems_of(root)] == ["data/secret/a.in", "data/secret/c", "include/b"]


@both
def test_links_within_the_package_are_followed(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p", {"shared/big.in": "1 1\n", "shared/big.ans": "2\n"})
    link(root / "data/secret/02.in", "../../shared/big.in")
    link(root / "data/secret/02.ans", (root / "shared/big.ans").resolve())
    link(root / "submissions/wrong_answer/again.py", "../accepted/sum.py")
    package = read_package(root)
    assert below(package, *[case.input for case in package.secret.cases]) == ["data/secret/01.in", "data/secret/02.in"]
    assert package.secret.cases[1].answer is not None
    assert [one.name for one in package.submissions] == ["accepted/sum.py", "wrong_answer/again.py"]


@both
def test_a_package_may_itself_be_a_link(tmp_path: Path, write: Write) -> None:
    write(tmp_path / "real")
    link(tmp_path / "name", "real")
    assert read_package(tmp_path / "name").short_name == "real"


@both
def test_links_to_nothing_are_named(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    link(root / "data/secret/02.in", "gone.in")
    link(root / "data/secret/03.in", "03.in")
    package = read_package(root)
    assert [case.name for case in package.secret.cases] == ["secret/01"]
    noted(package, "data/secret/02.in", "a link to nothing")
    noted(package, "data/secret/03.in", "a link to nothing")


@both
def test_links_in_circles_are_refused(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    link(root / "data/secret/g/up", "..")
    assert any("a link to a folder that it is in" in problem.message for problem in problems_of(root))
    other = write(tmp_path / "q")
    for one, two in (("a", "b"), ("b", "a")):
        link(other / f"submissions/accepted/{one}/over", f"../{two}")
    assert {problem.message for problem in problems_of(other)} == {"a link to a folder that it is in"}


@both
def test_links_that_multiply_are_bounded(tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_ENTRIES", 1_000)
    root = write(tmp_path / "p")
    for level in range(20):
        for name in "ab":
            link(root / f"attachments/{level}/{name}", f"../../attachments/{level + 1}")
    (root / "attachments/20").mkdir()
    assert "more than 1,000 files" in problem_of(root).message


# --- litter and odd bytes


@both
def test_litter_is_not_seen(tmp_path: Path, write: Write) -> None:
    litter = [".DS_Store", ".git/HEAD", "__MACOSX/x", "data/.DS_Store", "data/secret/.hidden.in", "-x"]
    litter += ["submissions/.DS_Store", "submissions/accepted/.DS_Store", "input_validators/.DS_Store"]
    litter += ["submissions/accepted/__pycache__/sum.pyc", "problem_statement/.x", "statement/.x", "include/.x"]
    package = read_package(write(tmp_path / "p", dict.fromkeys(litter, b"\xff")))
    assert package.unsupported == ()
    assert len(package.submissions) == 1


@both
def test_marks_and_carriage_returns_are_no_fault(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    head = (root / "problem.yaml").read_bytes()
    (root / "problem.yaml").write_bytes(b"\xef\xbb\xbf" + head.replace(b"\n", b"\r\n"))
    assert read_package(root).title == "A plus B"


@both
def test_bytes_that_are_not_utf8(tmp_path: Path, write: Write) -> None:
    odd: Files = {"submissions/wrong_answer/a.c": b"// \xe9t\xe9\n", "data/secret/01.in": b"\xff\xfe"}
    assert len(read_package(write(tmp_path / "p", odd)).submissions) == 2
    root = write(tmp_path / "q", {"problem.yaml": b"name: x\nauthor: Ren\xe9\n"})
    problem = problem_of(root)
    assert (problem.file, problem.line) == ("problem.yaml", 2)
    assert "not UTF-8" in problem.message


def test_names_that_are_not_utf8_are_named_and_escaped(tmp_path: Path) -> None:
    root = legacy(tmp_path / "p")
    Path(os.fsdecode(os.fsencode(root) + b"/data/secret/\xff.in")).write_bytes(b"")
    put(root, {"submissions/accepted/a\x1b[31m.py": ""})
    package = read_package(root)
    assert [one.message for one in package.unsupported] == ["is taken for absent: its name is not UTF-8"]
    assert package.unsupported[0].file == "data/secret/\\udcff.in"
    shown = read_package(current(tmp_path / "q", {"submissions/accepted/a\x1b[31m.py": ""})).unsupported
    assert [one.file for one in shown] == ["submissions/accepted/a\\x1b[31m.py"]


@both
def test_what_is_neither_file_nor_folder_is_named(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    os.mkfifo(root / "data/secret/02.in")
    os.mkfifo(root / ".timelimit")
    package = read_package(root)
    noted(package, "data/secret/02.in", "neither a file nor a folder")
    assert package.limits.time_limit is None


@both
def test_folders_too_deep_are_refused(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    deep = root / "attachments"
    for _ in range(600):
        deep = deep / "d"
    try:
        deep.mkdir(parents=True)
    except OSError:
        pytest.skip("this file system has no folders of this depth")
    assert "folders deep" in problem_of(root).message


# --- heads


@both
def test_a_large_head_is_not_read(tmp_path: Path, write: Write) -> None:
    root = write(tmp_path / "p")
    (root / "problem.yaml").write_bytes(b"# " + b"x" * 1_000_000)
    assert "more than 1,000,000 bytes" in problem_of(root).message


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("name: [\n", "not YAML"),
        ("name: a\nname: b\n", "'name' stands twice"),
        ("a: &x 1\nb: *x\n", "aliases"),
        ("- name\n", "must be a map"),
        ("just text\n", "must be a map"),
        ("name: !!python/object/apply:os.system [id]\n", "not YAML"),
        ("name: a\x00b\n", "not YAML"),
        ("[" * 100_000, "nested deeper"),
    ],
)
def test_a_broken_head_is_refused(tmp_path: Path, text: str, word: str) -> None:
    problem = problems_of(legacy(tmp_path / "p", {"problem.yaml": text}))[0]
    assert problem.file == "problem.yaml"
    assert word in problem.message


def test_what_is_no_package_is_refused_with_a_mend(tmp_path: Path) -> None:
    assert "problem.yaml, data/ and submissions/" in problem_of(tmp_path).mend
    assert "no problem.yaml" in problem_of(tmp_path / "gone").message
    put(tmp_path / "a", {"problem.yml": "name: x\n"})
    assert problem_of(tmp_path / "a").mend == "rename problem.yml to problem.yaml"
    put(tmp_path / "b", {"domjudge-problem.ini": "name = x\n"})
    assert "beside domjudge-problem.ini" in problem_of(tmp_path / "b").mend
    (tmp_path / "c/problem.yaml").mkdir(parents=True)
    assert "no problem.yaml" in problem_of(tmp_path / "c").message


# --- archives


def test_find_packages_in_an_archive(tmp_path: Path) -> None:
    for name in ("2020/b", "2020/a", "2019/finals/x", ".git/hidden", "__MACOSX/2020/a", "2020/a/attachments/inner"):
        put(tmp_path / name, {"problem.yaml": "name: x\n"})
    put(tmp_path / "2020", {"contest.yaml": ""})
    link(tmp_path / "linked", "2020")
    found = find_packages(tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["2019/finals/x", "2020/a", "2020/b"]
    assert find_packages(tmp_path / "2020/a") == [tmp_path / "2020/a"]
    (tmp_path / "empty").mkdir()
    assert find_packages(tmp_path / "empty") == []


@pytest.mark.parametrize("name", ["gone", "file"])
def test_find_packages_wants_a_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PackError, match="is no folder"):
        find_packages(tmp_path / name)


def test_find_packages_goes_so_deep_and_no_deeper(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(bounds.MAX_LEVELS + 2):
        deep = deep / "d"
    put(deep, {"problem.yaml": ""})
    with pytest.raises(PackError, match="folders deep"):
        find_packages(tmp_path)
