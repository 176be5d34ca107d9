from __future__ import annotations

import math
import time
from typing import Any

import pytest

from greenroom.judge.inside.comparing import same_texts, same_values


@pytest.mark.parametrize(
    ("expected", "actual", "mode", "same"),
    [
        (1, 1, "exact", True),
        (1, True, "exact", False),
        (0, False, "exact", False),
        ([1, 0], [True, False], "exact", False),
        ({1: "a"}, {True: "a"}, "exact", False),
        ({1}, {True}, "exact", False),
        (0.0, -0.0, "exact", True),
        (math.nan, math.nan, "exact", True),
        ([math.nan], [math.nan], "exact", True),
        ([1, 2], [2, 1], "exact", False),
        ((1,), [1], "exact", False),
        ("a", "a ", "exact", False),
        ({"a": [1]}, {"a": [1]}, "exact", True),
        ([1, 2, 2], [2, 1, 2], "unordered", True),
        ([1, 2, 2], [2, 1, 1], "unordered", False),
        ([[1], [2]], [[2], [1]], "unordered", True),
        ([[1, 2]], [[2, 1]], "unordered", False),
        ([1], [True], "unordered", False),
        ([{"a": 1}], [{"a": 1}], "unordered", True),
        ((1, 2), (2, 1), "unordered", True),
        (1.0, 1.0 + 1e-12, "close", True),
        (1.0, 1.1, "close", False),
        ([1.0, "a"], [1.0, "b"], "close", False),
        ({"x": 1e9}, {"x": 1e9 + 0.5}, "close", True),
        (math.inf, math.inf, "close", True),
        (math.inf, 1e308, "close", False),
        (3, 4, "close", False),
        (3, 3.0, "close", True),
        (10**400, 10**400, "close", True),
        (10**400, 1.0, "close", False),
        (math.nan, 1.0, "close", False),
        ([1.0], [1.0, 2.0], "close", False),
    ],
)
def test_values(expected: Any, actual: Any, mode: str, same: bool) -> None:
    assert same_values(expected, actual, mode, 1e-9) is same


@pytest.mark.parametrize(
    ("expected", "actual", "mode", "same"),
    [
        ("a\n", "a", "exact", True),
        ("a\nb", "a\nb\n\n", "exact", True),
        ("a", "a ", "exact", False),
        ("a", " a", "exact", False),
        ("1 2\n3", "1\n2   3\n", "tokens", True),
        ("1 2", "12", "tokens", False),
        ("", "", "tokens", True),
        ("a", "A", "tokens", False),
        ("0.5 yes", "0.50000000001 yes", "close", True),
        ("0.5", "0.6", "close", False),
        ("1 2", "1", "close", False),
        ("yes", "no", "close", False),
        ("nan", "nan", "close", True),
    ],
)
def test_texts(expected: str, actual: str, mode: str, same: bool) -> None:
    assert same_texts(expected, actual, mode, 1e-9) is same


def test_colliding_values_do_not_take_quadratic_time() -> None:
    multiples = [number * (2**61 - 1) for number in range(1, 60_000)]
    before = time.process_time()
    assert not same_values(list(range(1, 60_000)), multiples, "unordered", 0)
    assert time.process_time() - before < 5  # quadratic: minutes
