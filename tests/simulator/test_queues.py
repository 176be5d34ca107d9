"""How a copy is chosen."""

from __future__ import annotations

import numpy as np
from tests.simulator.closed_forms import ended, poisson, program

from greenroom.simulator import columns
from greenroom.simulator.tables import Fault, Station, Step, Time


def test_copies_that_are_up_take_equal_turns_past_those_that_are_down() -> None:
    plan = program(Step(columns.SERVE, "desk", time=Time(0.1)), Step(columns.END))
    plan.stations["desk"] = Station(copies=6)
    plan.faults += [Fault(0.0, columns.LOST, f"desk/{number}") for number in (2, 3, 4, 5)]
    _, _, tables = ended(plan, poisson(0.5, 1000, 1) + 1.0, 1)
    served = tables.ints[[tables.rows["desk/0"], tables.rows["desk/1"]], columns.SERVED]
    assert np.abs(served - 500).max() <= 1
