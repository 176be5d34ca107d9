"""Functions in C++, Java, JavaScript and Go: arguments and answers cross as they are, and failures are told apart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.judge.small_items import function, small_item

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge import languages
from greenroom.judge.calling import drivers
from greenroom.judge.choosing import choices
from greenroom.judge.languages import Name
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

LIMITS = Limits(cpu_s=5, wall_s=60, memory_mb=256, processes=8, output_kb=64, disk_mb=4)

VALUES: dict[str, list[Any]] = {
    "int": [0, -1, 2**53 - 1, -(2**53) + 1],
    "float": [0.0, 1.5, -2.0, 1e300, 0.1, 123456789.12345678, 1e-12, 0.12345678901234567],
    "str": [
        "",
        "plain",
        'quote " and \\ and /',
        "line\nbreak\ttab\x01",
        "žluťoučký 😀",
        "12345678901234567890",
        "\u2028",
    ],
    "bool": [True, False],
    "int | None": [None, 7],
    "list[int]": [[], [1, 2, 3]],
    "list[list[str]]": [[], [[]], [["a"], ["b", "c"]]],
    "list[float | None]": [[1.5, None, 2.0], [None]],
    "list[tuple[int, int]]": [[], [[1, 2]], [[1, 2], [3, 4]]],
    "tuple[int, str, float]": [[1, "x", 2.5]],
    "list[tuple[str, int]]": [[["a", 1], ["b", 2]]],
    "tuple[tuple[int, int], list[str]]": [[[1, 2], ["x"]]],
    "tuple[tuple[int, int], tuple[int, int]]": [[[1, 2], [3, 4]]],
    "tuple[int, int] | None": [None, [1, 2]],
    "dict[str, int]": [{}, {"a": 1, "b": -2}],
    "dict[int, list[int]]": [{1: [2, 3], -4: []}],
    "dict[str, list[tuple[str, int]]]": [{"a": [["x", 1], ["y", 2]], "b": []}],
    "dict[str, int | None]": [{"a": None, "b": 3}],
    "set[int]": [[1, 2, 3], []],
    "set[str]": [["a", "b"]],
    "list[dict[str, int]]": [[{"a": 1}, {}]],
    "list[set[int]]": [[[1], []]],
}
"""What crosses unchanged, as cases.yaml has it."""

THROWING: dict[Name, str] = {
    "cpp": '#include <stdexcept>\nlong long solve(long long n) { throw std::runtime_error("n was no good"); }\n',
    "java": 'class Solution {\n  static long solve(long n) {\n throw new IllegalStateException("n was no good"); } }\n',
    "javascript": 'function solve(n) {\n\n  throw new RangeError("n was no good");\n}\n',
    "go": 'package main\n\nfunc solve(n int) int { panic("n was no good") }\n',
}
TALKING: dict[Name, str] = {
    "cpp": '#include <cstdio>\nlong long solve(long long n) { puts("V4"); return 2 * n; }\n',
    "java": 'class Solution { static long solve(long n) { System.out.println("V4"); return 2 * n; } }\n',
    "javascript": 'const solve = (n) => { console.log("V4"); return 2 * n; };\n',
    "go": 'package main\n\nimport "fmt"\n\nfunc solve(n int) int { fmt.Println("V4"); return 2 * n }\n',
}
LEAVING: dict[Name, str] = {
    "cpp": "#include <cstdlib>\nlong long solve(long long n) { exit(0); }\n",
    "java": "class Solution { static long solve(long n) { Runtime.getRuntime().halt(0); return 0; } }\n",
    "javascript": "function solve(n) { process.exit(0); }\n",
    "go": 'package main\n\nimport "os"\n\nfunc solve(n int) int { os.Exit(0); return 0 }\n',
}
BROKEN: dict[Name, str] = {
    "cpp": "long long solve(long long n) {\n  return nothing;\n}\n",
    "java": "class Solution {\n  static long solve(long n) { return nothing; } }\n",
    "javascript": "function solve(n) {\n  return ) ;\n}\n",
    "go": "package main\n\nfunc solve(n int) int { return nothing }\n",
}
ENDLESS: dict[Name, str] = {
    "cpp": "long long solve(long long n) { volatile int x = 1; while (x); return n; }\n",
    "java": "class Solution { static long solve(long n) { long x = 1; while (x != 0) x |= 1; return x; } }\n",
    "javascript": "function solve(n) { while (true) {} }\n",
    "go": "package main\n\nfunc solve(n int) int { for { } }\n",
}
GREEDY: dict[Name, str] = {
    "cpp": "#include <vector>\nlong long solve(long long n) { std::vector<long> v; for (;;) v.push_back(1); }\n",
    "java": (
        "import java.util.*;\nclass Solution { static long solve(long n) { List<long[]> all = new ArrayList<>();"
        " while (true) all.add(new long[100000]); } }\n"
    ),
    "javascript": "function solve(n) { const all = []; while (true) all.push(new Array(100000).fill(1.5)); }\n",
    "go": (
        "package main\n\nfunc solve(n int) int { var all [][]byte; for { b := make([]byte, 1<<20);"
        " for i := range b { b[i] = 1 }; all = append(all, b) } }\n"
    ),
}
OF_ANOTHER_TYPE: dict[Name, str] = {
    "javascript": 'function solve(n) { return "4"; }\n',
    "java": 'class Solution { static Object solve(long n) { return "4"; } }\n',
}
CASES = [
    {"name": "two", "group": "basic", "visible": True, "args": [2], "expect": 4},
    {"name": "five", "group": "basic", "args": [5], "expect": 10},
]


@pytest.fixture(scope="module")
def walled(judge: Judge) -> Iterator[Judge]:
    """Forked by a zygote, as a server does it."""
    made = Judge(tier=judge.tier, spares=1)
    yield made
    made.close()


@pytest.fixture(params=("cpp", "java", "javascript", "go"))
def language(request: pytest.FixtureRequest) -> Name:
    name: Name = request.param
    if languages.find(name) is None:
        pytest.skip(f"this host has no {languages.TITLES[name]}")
    return name


def doubled(judge: Judge, folder: Path, source: str, language: Name, **limits: float) -> RunResult:
    item = small_item(folder / "item", code=function(), cases=CASES, limits=LIMITS.model_copy(update=limits))
    return judge.run(item, source, language=language)


def echo(language: Name, *kinds: str) -> tuple[CodeSpec, str]:
    """A function that takes a value of each of *kinds* and gives them all back; its spec and its source."""
    names = [f"v{at}" for at in range(len(kinds))]
    spec = function(returns=f"tuple[{', '.join(kinds)}]", **dict(zip(names, kinds, strict=True)))
    head = drivers.starter(language, spec)
    listed = ", ".join(names)
    body = {
        "cpp": f"return {{{listed}}};",
        "java": f"return new Object[] {{{listed}}};",
        "javascript": f"return [{listed}];",
        "go": f"return {head.rpartition(') ')[2].rpartition(' {')[0]}{{{listed}}}",
    }[language]
    source, replaced = re.subn(r"throw .*;|panic\(.*\)", lambda _: body, head)
    assert replaced == 1, head
    return spec, source


def test_values_of_every_type_cross_both_ways(walled: Judge, tmp_path: Path, language: Name) -> None:
    spec, source = echo(language, *VALUES)
    count = max(map(len, VALUES.values()))

    def row(at: int) -> list[Any]:
        return [deepcopy(values[at % len(values)]) for values in VALUES.values()]

    cases = [
        {"name": f"c{at}", "group": "basic", "visible": True, "args": row(at), "expect": row(at)} for at in range(count)
    ]
    item = small_item(tmp_path / "item", code=spec, cases=cases, limits=LIMITS)
    result = walled.run(item, source, language=language)
    wrong = [(case.args, case.actual, case.message) for case in result.cases if case.verdict is not Verdict.accepted]
    assert result.verdict is Verdict.accepted, (result.message, wrong)


def test_numbers_at_the_edges_cross(walled: Judge, tmp_path: Path, language: Name) -> None:
    whole, real = [2**63 - 1, -(2**63), 2**53, 10**17 + 1], [math.nan, math.inf, -math.inf, -0.0]
    cases = [
        {"name": f"c{at}", "group": "basic", "args": list(pair), "expect": list(pair)}
        for at, pair in enumerate(zip(whole, real, strict=True))
    ]
    spec, source = echo(language, "int", "float")
    item = small_item(tmp_path / "item", code=spec, cases=cases, limits=LIMITS)
    result = walled.run(item, source, language=language)
    assert result.verdict is Verdict.accepted, result


def test_what_it_prints_is_no_answer(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = doubled(walled, tmp_path, TALKING[language], language)
    assert result.verdict is Verdict.accepted, result
    assert result.cases[0].stdout == "V4\n"


def test_a_wrong_answer_is_shown_where_it_may_be(walled: Judge, tmp_path: Path, language: Name) -> None:
    source = TALKING[language].replace("2 * n", "3 * n")
    visible, hidden = doubled(walled, tmp_path, source, language).cases
    assert (visible.verdict, visible.actual, visible.expected) == (Verdict.wrong_answer, "6", "4")
    assert (hidden.verdict, hidden.actual) == (Verdict.wrong_answer, None)


def test_what_is_thrown_is_told(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = doubled(walled, tmp_path, THROWING[language], language)
    assert result.verdict is Verdict.runtime_error
    assert "n was no good" in (result.cases[0].message or "")
    assert "n was no good" not in (result.cases[1].message or "")
    if language in ("java", "javascript"):
        assert "line 3" in (result.cases[0].message or "")


def test_the_starter_is_no_answer(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = doubled(walled, tmp_path, drivers.starter(language, function()), language)
    assert result.verdict is Verdict.runtime_error
    assert "not written yet" in (result.cases[0].message or "")


def test_leaving_early_is_no_answer(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = doubled(walled, tmp_path, LEAVING[language], language)
    assert result.verdict is Verdict.runtime_error
    assert "before the function returned" in (result.cases[0].message or "")


def test_a_source_that_does_not_compile_is_shown_with_its_line(walled: Judge, tmp_path: Path, language: Name) -> None:
    result = doubled(walled, tmp_path, BROKEN[language], language)
    assert result.verdict is Verdict.compile_error
    expected = {
        "cpp": "solution.cpp:2",
        "java": "Solution.java:2",
        "javascript": "solution.js:2",
        "go": "solution.go:3",
    }
    assert expected[language] in (result.message or "")


def test_limits_are_held(walled: Judge, tmp_path: Path, language: Name) -> None:
    assert doubled(walled, tmp_path / "a", ENDLESS[language], language, cpu_s=1).verdict is Verdict.time_limit
    assert doubled(walled, tmp_path / "b", GREEDY[language], language, memory_mb=128).verdict is Verdict.memory_limit


@pytest.mark.parametrize("language", sorted(OF_ANOTHER_TYPE))
def test_an_answer_of_another_type_is_told(walled: Judge, tmp_path: Path, language: Name) -> None:
    if languages.find(language) is None:
        pytest.skip(f"this host has no {languages.TITLES[language]}")
    result = doubled(walled, tmp_path, OF_ANOTHER_TYPE[language], language)
    assert result.verdict is Verdict.wrong_answer
    assert "str" in (result.cases[0].message or "")


def test_a_forged_answer_is_only_an_answer(walled: Judge, tmp_path: Path) -> None:
    if languages.find("cpp") is None:
        pytest.skip("this host has no C++")
    for said in ("V4", "C{}", "V", "garbage", 'V{\\"i\\":1}'):
        size = len(said.replace("\\", ""))
        body = f'write(3, "{said}", {size}); _exit(0);'
        source = f"#include <unistd.h>\nlong long solve(long long n) {{ {body} }}\n"
        result = doubled(walled, tmp_path / str(abs(hash(said))), source, "cpp")
        assert result.verdict is not Verdict.accepted
        assert result.verdict is not Verdict.judge_error
        assert result.cases[1].verdict is not Verdict.accepted


def test_questions_are_offered_in_the_languages_that_have_their_types() -> None:
    pack = load_pack(core_pack_folder())
    here = {found.name for found in languages.available()} - {"c"}
    assert {one.name for one in choices(pack.by_slug["warm-up"])} == {"python"} | here
    assert [one.name for one in choices(pack.by_slug["safe-by-default"])] == ["python"]


def test_a_type_that_a_language_lacks_is_refused(judge: Judge, tmp_path: Path) -> None:
    item = small_item(tmp_path / "item", code=function(n="int | str"), cases=CASES)
    with pytest.raises(ValueError, match="cannot be answered in C"):
        judge.run(item, "", language="cpp")
