"""Whatever stands in a package's files: it is read, or it is refused with PackError; nothing else comes out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.bank.kattis_packages import CURRENT, LEGACY, Files, put

from greenroom.bank.kattis.package import Package
from greenroom.bank.kattis.reading import find_packages, read_package
from greenroom.bank.kattis.statements import statement_text
from greenroom.bank.source import PackError

_relaxed = settings(
    max_examples=80, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def words(text: str) -> list[str]:
    return text.split()


_KEYS = words(
    "problem_format_version name uuid type author credits source source_url license limits validation validator_flags "
    "grading keywords languages constants allow_file_writing version embargo_until rights_owner on_reject grader_flags "
    "input_validator_flags output_validator_flags accept_score range max_score score_aggregation require_pass args "
    "static_validation_score input_validator_args output_validator_args full_feedback hint description permitted "
    "required score message use_for_time_limit language entrypoint authors model_solution time_limit memory "
    "time_multipliers validation_passes accepted accepted/* secret/01 flags on_reject"
)
_WORDS = words(
    "legacy 2025-09 scoring pass-fail interactive multi-pass custom default AC WA TLE lower upper unbounded sum min "
    "float_tolerance 1e-6 case_sensitive cc0 all python3 -inf +inf en sv break 0 1 1.5 nan .inf null ~ true no '' \"\" "
    "2020-01-01 {{a}} {a,b}* 99999999999999999999999999999999 -1 0x10 1_000 !!bool !!timestamp|x <<"
)
_scalars = st.one_of(
    st.sampled_from(_WORDS),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
)
_values = st.recursive(
    _scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.one_of(st.sampled_from(_KEYS), _scalars), inner, max_size=4)
    ),
    max_leaves=12,
)
_maps = st.dictionaries(st.sampled_from(_KEYS), _values, max_size=8)


def as_yaml(value: object) -> str:
    """*value* as flow YAML, words bare as people write them: what comes out need not be YAML at all."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{as_yaml(key)}: {as_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_yaml(one) for one in value) + "]"
    return "" if value is None else str(value)


def as_head(values: dict[str, object]) -> str:
    return "".join(f"{key}: {as_yaml(value)}\n" for key, value in values.items())


@contextmanager
def package_of(base: dict[str, str], files: Files) -> Iterator[Path]:
    """A package for one example: Hypothesis runs many of them within one test."""
    with tempfile.TemporaryDirectory() as folder:
        yield put(Path(folder) / "p", {**base, **files})


def reads_or_refuses(root: Path) -> Package | None:
    try:
        package = read_package(root)
    except PackError as error:
        assert error.problems
        assert all(problem.message and str(problem).isprintable() for problem in error.problems)
        return None
    assert list(package.secret.all_cases())
    assert package.title
    assert all(str(problem).isprintable() for problem in package.unsupported)
    for statement in package.statements:
        try:
            statement_text(package, statement)
        except PackError:
            continue
    return package


_FILES = st.sampled_from(
    [
        "problem.yaml",
        "data/testdata.yaml",
        "data/secret/testdata.yaml",
        "data/secret/test_group.yaml",
        "data/sample/test_group.yaml",
        "data/secret/01.yaml",
        "submissions/submissions.yaml",
        ".timelimit",
        "domjudge-problem.ini",
        "statement/problem.en.md",
        "problem_statement/problem.en.tex",
        "submissions/mixed/a.py",
        "submissions/accepted/sum.py",
        "output_validator/check.py",
        "data/secret/01.hint",
    ]
)


@_relaxed
@given(base=st.sampled_from([LEGACY, CURRENT]), name=_FILES, content=st.binary(max_size=200))
@example(base=LEGACY, name="problem.yaml", content=b"a: !!bool maybe")
@example(base=LEGACY, name="problem.yaml", content=b"? [a]\n: b")
@example(base=LEGACY, name="data/testdata.yaml", content=b"a: !!timestamp soon")
@example(base=CURRENT, name="data/secret/01.yaml", content=b"!!set {a}")
@example(base=CURRENT, name="submissions/submissions.yaml", content=b"1: {2: 3}\n")
@example(base=CURRENT, name="submissions/submissions.yaml", content=b"{}: x\n")
def test_any_bytes_in_any_file(base: dict[str, str], name: str, content: bytes) -> None:
    with package_of(base, {name: content}) as root:
        reads_or_refuses(root)


@_relaxed
@given(base=st.sampled_from([LEGACY, CURRENT]), name=_FILES, values=_maps, keep=st.booleans())
def test_any_values_under_the_formats_keys(
    base: dict[str, str], name: str, values: dict[str, object], keep: bool
) -> None:
    text = as_head(values)
    if keep and name == "problem.yaml":
        text = base["problem.yaml"] + text
    with package_of(base, {name: text.encode("utf-8", "surrogatepass")}) as root:
        reads_or_refuses(root)


@_relaxed
@given(head=_maps, inner=st.dictionaries(st.sampled_from(_KEYS), _maps, max_size=4))
def test_any_rules_for_submissions(head: dict[str, object], inner: dict[str, object]) -> None:
    files: Files = {
        "submissions/submissions.yaml": as_head({**inner, **head}).encode("utf-8", "surrogatepass"),
        "submissions/rejected/a.py": "",
        "output_validator/check.py": "",
    }
    with package_of(CURRENT, files) as root:
        reads_or_refuses(root)


_PARTS = st.sampled_from(
    words(
        "data secret sample submissions accepted mixed statement problem_statement include python3 default attachments "
        "output_validators output_validator input_validators graders generators testdata.yaml test_group.yaml "
        "problem.yaml "
        "problem.en.tex 01.in 01.ans 01.files 01.yaml 1.interaction a.py a.cpp build run submissions.yaml .x g1 g2"
    )
)
_paths = st.lists(_PARTS, min_size=1, max_size=4).map("/".join)
_targets = st.sampled_from([".", "..", "../..", "/etc", "/etc/passwd", "gone", "01.in", "data", "../data", "../sample"])


@_relaxed
@given(
    base=st.sampled_from([LEGACY, CURRENT]),
    paths=st.lists(_paths, max_size=6),
    links=st.dictionaries(_paths, _targets, max_size=3),
    gone=st.lists(st.sampled_from(sorted(LEGACY.keys() | CURRENT.keys())), max_size=3),
)
def test_any_tree_of_files_and_links(
    base: dict[str, str], paths: list[str], links: dict[str, str], gone: list[str]
) -> None:
    with package_of(base, {}) as root:
        for name in gone:
            (root / name).unlink(missing_ok=True)
        for name in paths:
            path = root / name
            if not any(parent.is_file() for parent in path.parents) and not path.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("")
        for name, target in links.items():
            path = root / name
            if any(parent.is_file() or parent.is_symlink() for parent in path.parents):
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)
        package = reads_or_refuses(root)
        if package is not None:
            files = [case.input for case in package.data.all_cases()]
            files += [path for submission in package.submissions for path in submission.files]
            assert all(path.resolve().is_relative_to(package.folder) for path in files)
        assert all(
            (path / "problem.yaml").exists() or (path / "problem.yaml").is_symlink() for path in find_packages(root)
        )


def test_the_packages_that_the_fuzz_begins_with_are_read() -> None:
    for base in (LEGACY, CURRENT):
        with package_of(base, {}) as root:
            assert reads_or_refuses(root) is not None
