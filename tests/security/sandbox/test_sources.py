"""What a source is by itself: too long, too deep, or made to leave too much behind its compiler."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import double_item, program, small_item

from greenroom.bank.specs import Limits
from greenroom.judge import languages
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

TAIL = "\ndef solve(n):\n    return 2 * n\n"
PYTHON = {
    "minus after minus": "x = " + "-" * 100_000 + "1",
    "a million brackets": "x = " + "(" * 1_000_000 + "1" + ")" * 1_000_000,
    "lambdas in lambdas": "x = " + "lambda:" * 50_000 + "1",
    "names of names": "x = a" + ".a" * 200_000,
    "a null byte": "x = 1\0",
    "half a letter": "x = '\ud800'",
    "seventy megabytes": "#" * 70_000_000,
    "blocks in blocks": "".join(" " * at + "if 1:\n" for at in range(200)) + " " * 200 + "pass",
}


@pytest.mark.parametrize("name", PYTHON)
def test_a_source_that_python_cannot_compile_is_a_compile_error(walled: Judge, tmp_path: Path, name: str) -> None:
    limits = Limits(cpu_s=5, wall_s=60, memory_mb=96, processes=8, output_kb=64, disk_mb=4)
    result = walled.run(double_item(tmp_path / "item", limits=limits), PYTHON[name] + TAIL)
    assert_uncompiled(result)


def assert_uncompiled(result: RunResult) -> None:
    assert result.verdict is Verdict.compile_error, (result.message, result.cases)
    assert result.message
    assert result.findings
    assert all(finding.earned == 0 for finding in result.findings)


LONG = "\n".join(f"class {'A' * 200}{at:04} {{}}" for at in range(1300))
COMPILED: dict[languages.Name, dict[str, str]] = {
    "c": {"a library's secrets": '#include "/usr/lib/../../etc/passwd"\nint main(void) { return 0; }\n'},
    "cpp": {
        "templates without end": "template<int A, int B> struct G { G<A + 1, B> a; G<A, B + 1> b; };\nG<0, 0> g;",
        "macros without end": "#define A(x) x x x x x x x x x x\n#define B(x) A(A(A(A(A(A(A(A(A(x)))))))))\nB(B(1))",
        "a constant that takes too long": (
            "constexpr long f(long n) { long s = 0; for (long i = 0; i < n; i++) s += i; return s; }\n"
            "constexpr long x = f(1L << 60);"
        ),
        "eight gigabytes of nothing": '__asm__(".space 1 << 33");\nint main() {}',
        "what its compiler reads": '#include "/dev/stdin"\n#include "/proc/self/environ"\nint main() {}',
    },
    "java": {
        "names that fill the report": f"public class Main {{ public static void main(String[] a) {{}} }}\n{LONG}",
        "the caller's own class": "class Solution {} class GreenroomMain {} class GreenroomWire {} }",
    },
    "javascript": {"eight megabytes": "//" + "x" * 8_000_000, "brackets": "(" * 1_000_000},
    "go": {
        "no program": "package other\nfunc F() {}\n",
        "a file of the host": 'package main\nimport _ "embed"\n//go:embed /etc/passwd\nvar s string\nfunc main() {}\n',
        "C in Go": 'package main\n// #include "/etc/passwd"\nimport "C"\nfunc main() {}\n',
    },
}


@pytest.mark.parametrize(
    ("language", "name"), [(language, name) for language, found in COMPILED.items() for name in found]
)
def test_a_source_that_troubles_its_compiler_is_a_compile_error(
    walled: Judge, tmp_path: Path, language: languages.Name, name: str
) -> None:
    if languages.find(language) is None:
        pytest.skip(f"this host has no {languages.TITLES[language]}")
    if walled.keeps_spares:
        pytest.skip("a compiler's sandbox is none that stands ready")
    cases = [{"name": "a", "group": "basic", "visible": True, "stdin": "", "expect": "1\n"}]
    result = walled.run(
        small_item(tmp_path / "item", code=program("tokens"), cases=cases), COMPILED[language][name], language=language
    )
    assert_uncompiled(result)
    assert "root:" not in str(result.message)
