"""The events that are to come, in a binary heap: the earliest lies in front."""

from __future__ import annotations

from greenroom.simulator.columns import EVENTS, Floats, Ints
from greenroom.simulator.jit import jit


@jit
def schedule(ints: Ints, due: Floats, events: Ints, at: float, event: int) -> None:
    """Put *event* into the heap."""
    place = ints[0, EVENTS]
    ints[0, EVENTS] = place + 1
    while place > 0:
        above = (place - 1) >> 1
        if due[above] <= at:
            break
        due[place] = due[above]
        events[place] = events[above]
        place = above
    due[place] = at
    events[place] = event


@jit
def take(ints: Ints, due: Floats, events: Ints) -> int:
    """Remove the earliest event."""
    event = events[0]
    size = ints[0, EVENTS] - 1
    ints[0, EVENTS] = size
    at, last = due[size], events[size]
    place, below = 0, 1
    while below < size:
        if below + 1 < size and due[below + 1] < due[below]:
            below += 1
        if due[below] >= at:
            break
        due[place] = due[below]
        events[place] = events[below]
        place = below
        below = 2 * place + 1
    due[place] = at
    events[place] = last
    return event  # type: ignore[no-any-return]
