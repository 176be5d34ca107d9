"""Which sources called `.py` are Python 2."""

from __future__ import annotations

import time

import pytest

from greenroom.bank.kattis.pythons import foreign_modules, is_python_2

OLD = [
    "print 'hello'\n",
    "import sys\nfor line in sys.stdin:\n    print sum(map(int, line.split()))\n",
    "n = int(raw_input())\nprint(n)\n",
    "for i in xrange(10): pass\n",
    "try:\n    pass\nexcept ValueError, e:\n    pass\n",
    "print >>sys.stderr, 'x'\n",
    "if {}.has_key(1): pass\n",
    "#!/usr/bin/python\nprint 1\n",
]
NEW = [
    "print('hello')\n",
    'def f():\n    """\n    print the answer\n    """\n    return 1\n',
    "print (1)\n",
    "#!/usr/bin/env python3\nprint 1\n",
    "try:\n    input = raw_input\nexcept NameError:\n    pass\nprint(raw_input('x'))\n",
    "xrange = range\nfor i in xrange(3): pass\n",
    "# raw_input() was here\nprint(input())\n",
    "def f(:\n",
    "",
]


@pytest.mark.parametrize("text", OLD)
def test_python_2(text: str) -> None:
    assert is_python_2(text)


@pytest.mark.parametrize("text", NEW)
def test_python_3(text: str) -> None:
    assert not is_python_2(text)


def test_modules_that_are_not_pythons_own() -> None:
    text = "import os, numpy as np,sys\nfrom util import x\nfrom scipy.special import y\nif 0:\n    import pandas\n"
    assert foreign_modules(text, ["util"]) == ["numpy", "scipy"]
    assert foreign_modules("import math\nimportant = 1\n", []) == []


@pytest.mark.parametrize(
    "text", ["except a" * 16_000, "print(" * 20_000, "x = raw_input," * 9_000, "(" * 120_000, "import a," * 9_000]
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    began = time.process_time()
    is_python_2(text)
    foreign_modules(text, [])
    assert time.process_time() - began < 5
