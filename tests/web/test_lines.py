"""Plots of lines and columns, and the names of figures: what is drawn is said, and nothing depends on colour."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from greenroom.grading.scoring import metrics
from greenroom.web.admin.figures import named, table
from greenroom.web.lines import E_VALUES, Column, Line, Scale, columns, legend, lines, share_scale

PLACES = [(0.0, "1 May"), (0.5, "2 May"), (1.0, "3 < 4")]


def tags(svg: str, name: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(svg).findall(f".//{name}")


def test_each_line_has_its_dashes_and_its_values_are_said() -> None:
    drawn = [Line("seen", [0.9, 0.95, 1.0]), Line("not <seen>", [0.8, None, 0.85])]
    svg = str(lines("n", "Curve", "examples", PLACES, drawn, share_scale([0.8]), limit=0.9))
    first, second = tags(svg, "polyline")
    assert first.get("class") != second.get("class")
    assert [one["dashes"] for one in legend(["a", "b", "c"])] == ["", "dashed", "dotted"]
    assert len((first.get("points") or "").split()) == 3
    assert len((second.get("points") or "").split()) == 2, "what is not known is not drawn"
    said = tags(svg, "desc")[0].text or ""
    assert "seen: 0.9 at 1 May, 0.95 at 2 May, 1 at 3 < 4" in said
    assert "not <seen>: 0.8 at 1 May, 0.85 at 3 < 4" in said
    assert svg.count('class="limit"') == 1


@pytest.mark.parametrize(("value", "same_as"), [(1e300, 10_000.0), (0.0, 0.01), (1e-9, 0.01)])
def test_an_e_value_beyond_the_ends_is_drawn_at_the_end(value: float, same_as: float) -> None:
    assert E_VALUES.at(value) == E_VALUES.at(same_as)
    assert E_VALUES.at(100.0) < E_VALUES.at(1.0), "more is higher up"


def test_shares_that_are_near_each_other_are_told_apart() -> None:
    near, far = share_scale([0.93, 0.95]), share_scale([0.1, 0.9])
    assert (near.low, far.low) == (0.8, 0.1)
    assert near.at(0.93) - near.at(0.95) > 15
    for scale in (near, far, share_scale([])):
        assert all(scale.low <= mark <= scale.high for mark in scale.marks)


def test_columns_stand_on_one_floor_beside_what_was() -> None:
    every = [Column(f"{at}", at, 2.0 if at else None) for at in range(14)]
    svg = str(columns("c", "Points", "day", every))
    bars = [(float(one.get("y") or 0), float(one.get("height") or 0)) for one in tags(svg, "rect")]
    assert {round(top + height, 1) for top, height in bars} == {192.0}
    assert bars[0][1] == 0.0
    assert sorted(bars, reverse=True) == bars
    assert svg.count('class="before"') == 13
    labels = [one.text for one in tags(svg, "text")]
    assert {"13", "9", "5", "1", "0", "10", "20", "day"} == set(labels), "few enough to be read, the last among them"
    assert "3: 3 (before: 2)" in svg
    assert [one.text for one in tags(str(columns("c", "Points", "day", [])), "text")] == ["0", "1", "day"]
    assert Scale(0.0, 1.0, ()).at(0.5) == 102.0


def test_every_figure_that_is_measured_has_a_name_and_a_unit() -> None:
    truth, classes = ["present", "not present"] * 5, ("present", "not present")
    half = np.full((10, 2), 0.5)
    keys = [
        *metrics.classification(truth, truth, classes),
        *metrics.probability(truth, truth, classes, half),
        *metrics.abstention(half[:, 0], half[:, 1], 0.5),
        *metrics.marks(half[:, 0], half[:, 1], 0.0, 1.0),
    ]
    found = [named(key) for key in keys]
    assert len({one.name for one in found}) == len(keys)
    assert [one.name for one in found if not one.unit or re.search(r"[_:]", one.name)] == []
    assert named("recall:not present").unit == "of the points that are not present"
    assert named("something_new").name == "something new"
    figure = {"value": 0.5, "low": None, "high": None}
    (row,) = table({"model": {"accuracy": figure}, "lexical": {"accuracy": figure}, "majority": {}})
    assert (row["value"], row["interval"], row["lexical"], row["majority"]) == ("50.0 %", "–", "50.0 %", "–")
