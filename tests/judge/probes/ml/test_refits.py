"""Fits that can be repeated, and three sorts that cannot."""

from __future__ import annotations

import pytest
from tests.judge.probes.ml.conftest import Examine

HEAD = """
    import time
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor
    seen = []
    def fitted(rows, seed):
        seen.append(len(rows))
        """
BODY = """
    from greenroom.judge.probes.refits import refits
    rows = np.random.default_rng(3).normal(size=(60, 3))
    again = refits(lab, "app:fitted", rows, 7, before=[("app:fitted", (rows[:40], 1))])
    lab.expect(again.same, again.told)
    return again.told
    """


@pytest.mark.parametrize(
    "fit",
    [
        "return RandomForestRegressor(5, random_state=seed).fit(rows[:, 1:], rows[:, 0]).predict(rows[:, 1:])",
        "return np.random.default_rng(seed).permutation(len(rows))",
        "return {'mean': float(rows.mean())}",
    ],
)
def test_a_seeded_fit_gives_the_same_everywhere(examine: Examine, fit: str) -> None:
    result = examine(HEAD + fit + "\n", BODY)
    assert str(result.cases[0].message).startswith("the same answer 4 times")


@pytest.mark.parametrize(
    ("fit", "where"),
    [
        (
            "return RandomForestRegressor(5).fit(rows[:, 1:], rows[:, 0]).predict(rows[:, 1:])",
            "in another fresh process and asked again in that process and in a process that had done other work",
        ),
        ("return rows[:, 0] * len(seen)", "asked again in that process and in a process that had done other work"),
        ("return rows[:, 0] + (seen[0] == 40)", "in a process that had done other work, by up to 1"),
        ("return {'at': time.time_ns()}", "in another fresh process"),
    ],
)
def test_what_depends_on_anything_else_is_found(examine: Examine, fit: str, where: str) -> None:
    assert where in str(examine(HEAD + fit + "\n", BODY).cases[0].message)
