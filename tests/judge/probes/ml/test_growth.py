"""The exponent of counts: linear, n log n and quadratic work told apart."""

from __future__ import annotations

import math
from bisect import bisect_left
from functools import cmp_to_key

import pytest
from tests.judge.probes.ml.conftest import Examine

from greenroom.judge.probes.growth import growth

SIZES = [100, 200, 400, 800]


def comparisons_of_sorted(size: int) -> int:
    count = 0

    def compare(one: int, other: int) -> int:
        nonlocal count
        count += 1
        return one - other

    sorted(((7919 * number) % 10007 for number in range(size)), key=cmp_to_key(compare))
    return count


def test_sorting_is_far_from_quadratic() -> None:
    found = growth(SIZES, [comparisons_of_sorted(size) for size in SIZES])
    assert 1.0 < found.low <= found.exponent <= found.high < 1.4


@pytest.mark.parametrize(("power", "factor"), [(1, 3), (2, 0.5), (0, 7)])
def test_a_power_is_found_exactly(power: float, factor: float) -> None:
    found = growth(SIZES, [round(factor * size**power) for size in SIZES])
    assert math.isclose(found.exponent, power, abs_tol=0.01)
    assert found.low - 1e-9 <= found.exponent <= found.high + 1e-9


def test_pairs_are_quadratic_and_bisections_are_not() -> None:
    pairs = growth(SIZES, [sum(1 for one in range(size) for other in range(one)) for size in SIZES])
    steps = growth(SIZES, [sum(bisect_left(range(size), one).bit_length() for one in range(size)) for size in SIZES])
    assert pairs.low > 1.9
    assert steps.high < 1.5
    assert pairs.told.startswith("4950, 19900, 79800, 319600 for 100, 200, 400, 800: grows as n to the power of 2.0")


def test_no_work_at_all_does_not_grow() -> None:
    assert growth(SIZES, [0, 0, 0, 0]).exponent == 0


@pytest.mark.parametrize(("sizes", "counts"), [([1, 2], [1, 2]), ([5, 5, 5], [1, 2, 3]), ([0, 1, 2], [1, 2, 3])])
def test_sizes_that_do_not_do(sizes: list[int], counts: list[int]) -> None:
    with pytest.raises(ValueError, match="sizes are needed"):
        growth(sizes, counts)


BODY = """
    from greenroom.judge.probes.growth import growth
    from greenroom.judge.probes.offers import Offers
    counts = []
    for size in (10, 20, 40):
        offers = Offers(less=lambda one, other: one < other)
        lab.call("app:ordered", np.random.default_rng(size).permutation(size).tolist(), seat=lab.process(offers=offers))
        counts.append(offers.counts["less"])
    found = growth([10, 20, 40], counts)
    lab.expect(found.exponent <= 1.5, found.told)
    """


@pytest.mark.parametrize(
    ("rest", "accepted"),
    [
        ("return sorted(values, key=cmp_to_key(lambda one, other: -1 if ask('less', one, other) else 1))", True),
        ("return [sum(ask('less', one, other) for one in values) for other in values]", False),
    ],
)
def test_a_projects_comparisons_are_counted(examine: Examine, rest: str, accepted: bool) -> None:
    head = "from functools import cmp_to_key\nfrom greenroom_lab import ask\ndef ordered(values):\n    "
    result = examine(head + rest + "\n", BODY)
    assert (result.cases[0].message is None) == accepted
    if not accepted:
        assert "100, 400, 1600 for 10, 20, 40" in str(result.cases[0].message)
