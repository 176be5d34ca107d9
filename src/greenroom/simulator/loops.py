"""Copies that are event loops of asyncio: who waits for one is taken up in turns, not in the order of coming.

In a turn such a loop runs what is ready, and only then looks who has come meanwhile: first what came over the network
(new requests, answers of others), then those whose timers ended. For each it makes a callback, which is run at the end
of the turn that follows and makes its task ready for the turn after that (CPython's `BaseEventLoop._run_once`). So a
task whose timer ended early can be overtaken by requests that came later.

A copy's queue is one list in four parts, each by its last token: ready in this turn, noticed (ready in the next),
come over the network since the loop looked, woken by a timer since.
"""

from __future__ import annotations

from greenroom.simulator.columns import (
    BY_TIMER,
    EARLIER,
    EMPTY,
    HEAD,
    LAST_COME,
    LAST_NOTICED,
    LAST_READY,
    LINK,
    PC,
    TAIL,
    Ints,
)
from greenroom.simulator.jit import jit


@jit
def place_after(ints: Ints, copy: int, token: int) -> int:
    """After whom *token* has to wait at *copy*; -1 for nobody, so that it is the first."""
    if ints[ints[token, PC], BY_TIMER]:
        return ints[copy, TAIL]  # type: ignore[no-any-return]
    for part in (LAST_COME, LAST_NOTICED, LAST_READY):
        if ints[copy, part] >= 0:
            return ints[copy, part]  # type: ignore[no-any-return]
    return EMPTY


@jit
def put_in(ints: Ints, copy: int, token: int) -> None:
    """Have *token* wait in its part of the queue of *copy*, in which somebody waits."""
    earlier = place_after(ints, copy, token)
    following = ints[earlier, LINK] if earlier >= 0 else ints[copy, HEAD]
    ints[token, EARLIER] = earlier
    ints[token, LINK] = following
    if earlier >= 0:
        ints[earlier, LINK] = token
    else:
        ints[copy, HEAD] = token
    if following >= 0:
        ints[following, EARLIER] = token
    else:
        ints[copy, TAIL] = token


@jit
def join_loop(ints: Ints, copy: int, token: int) -> None:
    """*token* waits at *copy*: note it as the last of those that came over the network, if it did."""
    if not ints[ints[token, PC], BY_TIMER]:
        ints[copy, LAST_COME] = token


@jit
def look_around(ints: Ints, copy: int) -> None:
    """If nothing is ready in this turn, begin the next one; the one after it, if nothing had been noticed."""
    while ints[copy, LAST_READY] < 0:
        ints[copy, LAST_READY] = ints[copy, LAST_NOTICED]
        ints[copy, LAST_NOTICED] = ints[copy, TAIL] if ints[copy, TAIL] != ints[copy, LAST_READY] else EMPTY
        ints[copy, LAST_COME] = EMPTY


@jit
def leave_loop(ints: Ints, copy: int, token: int) -> None:
    """*token* is about to leave the queue of *copy*: who is before it in its part is now the last of it."""
    earlier = ints[token, EARLIER]
    for part in (LAST_READY, LAST_NOTICED, LAST_COME):
        if ints[copy, part] == token:
            ends_another = earlier in (ints[copy, LAST_READY], ints[copy, LAST_NOTICED], ints[copy, LAST_COME])
            ints[copy, part] = EMPTY if ends_another else earlier
