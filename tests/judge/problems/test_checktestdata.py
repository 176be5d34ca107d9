"""The language of `.ctd` files: which inputs a script takes, and which it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from greenroom.judge.problems.checktestdata.reader import MismatchError, ScriptError
from greenroom.judge.problems.checktestdata.script import check
from greenroom.judge.problems.programs import checker

POINTS = """# how many, then the points
INT(1, 10^3, n) NEWLINE
REPI(i, n, NEWLINE)
  INT(0, 100, x[i]) SPACE INT(0, 100, y[i])
  ASSERT(x[i] != y[i] || x[i] == 0)
END
NEWLINE
ASSERT(UNIQUE(x, y) && !(x[0] > 50))
"""
TAKEN = [
    (POINTS, "2\n1 2\n2 1\n"),
    ("INT(-5, 1)", "-5"),
    ("FLOAT(0, 1) NEWLINE", "0.50\n"),
    ("FLOAT(0, 1, x, FIXED) SPACE FLOAT(0, 10, y, SCIENTIFIC)", "0.5 1.5e0"),
    ("FLOATP(0, 1, 2, 3)", "0.25"),
    ("FLOAT(0, 1e3)", "1e3"),
    ('REGEX("[a-z]+", w) NEWLINE STRING(w)', "abc\nabc"),
    ('REGEX("[[:upper:]]{2}|x") SPACE REGEX(".*") NEWLINE', "AB any thing\n"),
    ('STRING("a\\"b\\\\\\n\\101")', 'a"b\\\nA'),
    ("WHILE(!ISEOF) INT(0, 9) NEWLINE END", "1\n2\n"),
    ("WHILE(!ISEOF) INT(0, 9) NEWLINE END", ""),
    ('INT(0, 9) WHILEI(i, MATCH(" ")) SPACE INT(0, 9, a[i]) END NEWLINE ASSERT(i == 2)', "1 2 3\n"),
    ("IF(1 < 2) INT(1, 1) ELSE INT(2, 2) END", "1"),
    ("IF(2 < 1 && 1/0 == 1) INT(1, 1) ELSE INT(2, 2) END", "2"),
    ("SET(a = -7 / 2, b = -7 % 2, c = 2^10 - -1) ASSERT(a == -3 && b == -1 && c == 1025)", ""),
    ("SET(a = 1 / 2.0) ASSERT(a == 0.5 && a < 1)", ""),
    ("SET(a[1] = 4, a[2] = 5) ASSERT(INARRAY(5, a)) UNSET(a) SET(a[7] = 1) ASSERT(!INARRAY(5, a))", ""),
    ('ASSERT(STRLEN("abc") == 3 && "abc" < "abd")', ""),
    ("INT(0, 10^30)", "1000000000000000000000000000000"),
    ("REP(0, SPACE) INT(1, 1) END EOF", ""),
    ("ASSERT(-2^2 == -4 && 2 + 3 * 4 == 14 && (2 + 3) * 4 == 20)", ""),
]
REFUSED = [
    (POINTS, "2\n1 2\n1 2\n", "ASSERT"),
    (POINTS, "2\n1 2\n", "line 3"),
    (POINTS, "1\n1 2\n ", "the end"),
    (POINTS, "1\n60 2\n", "ASSERT in line 8"),
    ("INT(0, 9)", "10", "from 0 to 9"),
    ("INT(0, 9)", "07", "an integer"),
    ("INT(-9, 9)", "-0", "an integer"),
    ("INT(0, 9) NEWLINE", "7", "\\n"),
    ("INT(0, 9) SPACE INT(0, 9)", "1  2", "an integer"),
    ("FLOAT(0, 1)", "1.01", "from 0 to 1"),
    ("FLOAT(0, 1)", ".5", "a number"),
    ("FLOAT(0, 1, x, SCIENTIFIC)", "0.5", "a number"),
    ("FLOATP(0, 1, 2, 3)", "0.5", "from 0 to 1"),
    ("FLOATP(0, 1, 2, 3)", "0.5000", "from 0 to 1"),
    ('STRING("abc")', "abd", "'abc'"),
    ('REGEX(".")', "\n", "fits"),
    ("WHILE(!ISEOF) INT(0, 9) NEWLINE END", "1\n2", "line 2"),
]
WRONG = [
    "INT(1, 2", "FOO", "INT(1, x)", "§", "REP(2) INT(1, 2)", "END", 'ASSERT("a" < 1)', 'INT("a", 2)', '"',
    "SET(a = 1) ASSERT(UNIQUE(b))", "ASSERT(1 / 0 == 1)", "REP(-1) SPACE END", 'REGEX("(")', "(" * 5000, "ELSE",
    "FLOAT(0, 1, x, OTHER)",
]  # fmt: skip


@pytest.mark.parametrize(("script", "given"), TAKEN)
def test_taken(script: str, given: str) -> None:
    check(script, given)


@pytest.mark.parametrize(("script", "given", "said"), REFUSED)
def test_refused(script: str, given: str, said: str) -> None:
    with pytest.raises(MismatchError) as caught:
        check(script, given)
    assert said in str(caught.value)


@pytest.mark.parametrize("script", WRONG)
def test_what_is_no_script(script: str) -> None:
    with pytest.raises(ScriptError):
        check(script, "1")


@pytest.mark.parametrize(("given", "code"), [(b"3\r", 43), (b"3\n", 42), (b"\xff", 43)])
def test_it_runs_from_its_files_alone(tmp_path: Path, given: bytes, code: int) -> None:
    for name, content in checker(b"\xef\xbb\xbfINT(1, 5)\r\nNEWLINE\r\n").items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-E", "-s", tmp_path / "main.py"], input=given, capture_output=True, check=False
    )

    assert done.returncode == code
    assert bool(done.stderr) == (code != 42)
