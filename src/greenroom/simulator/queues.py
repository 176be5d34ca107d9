"""Copies of stations: who is served, who holds a unit, who waits, and which batch begins."""

from __future__ import annotations

import math

from greenroom.simulator.columns import (
    BATCH,
    BATCHED,
    BATCHES,
    BUSY,
    BUSY_AREA,
    COPIES,
    COPY,
    COPY_ERA,
    DEADLINE,
    EARLIER,
    EMPTY,
    ERA,
    EVENTS,
    FIRST,
    FLOATS,
    GO_ON,
    HEAD,
    HELD,
    HELD_ERA,
    IMPATIENT,
    IN_TURNS,
    IS_DOWN,
    IS_UP,
    LATER,
    LEAST,
    LINK,
    MOST,
    MOST_WAITED,
    NEXT_RIPE,
    NOW,
    OP,
    OTHER,
    PATIENCE,
    PATIENCE_IS_MEAN,
    PC,
    POLICY,
    RANDOM,
    RIPE,
    RIPE_AFTER,
    SERVE,
    SINCE,
    SLOWNESS,
    TABLE,
    TAIL,
    TURN,
    UNITS,
    UNWATCHED,
    UP,
    WAITING,
    WAITING_AREA,
    Floats,
    Ints,
)
from greenroom.simulator.heap import schedule
from greenroom.simulator.jit import jit
from greenroom.simulator.loops import join_loop, leave_loop, look_around, put_in
from greenroom.simulator.tokens import duration, luck, make_ready


@jit
def account(ints: Ints, floats: Floats, copy: int) -> None:
    """Bring a copy's areas (busy units and waiting tokens, times milliseconds) up to now."""
    past = floats[0, NOW] - floats[copy, SINCE]
    floats[copy, BUSY_AREA] += past * ints[copy, BUSY]
    floats[copy, WAITING_AREA] += past * ints[copy, WAITING]
    floats[copy, SINCE] = floats[0, NOW]


@jit
def enqueue(ints: Ints, copy: int, token: int) -> bool:
    """Have *token* wait at *copy*; False when no more may wait there."""
    waiting = ints[copy, WAITING]
    if waiting >= ints[copy, MOST]:
        return False
    ints[token, COPY] = copy
    if waiting == 0:
        ints[copy, HEAD] = ints[copy, TAIL] = token
        ints[token, EARLIER] = ints[token, LINK] = EMPTY
    elif ints[copy, IN_TURNS]:
        put_in(ints, copy, token)
    else:
        ints[token, LINK] = EMPTY
        ints[ints[copy, TAIL], LINK] = token
        ints[token, EARLIER] = ints[copy, TAIL]
        ints[copy, TAIL] = token
    if ints[copy, IN_TURNS]:
        join_loop(ints, copy, token)
    ints[copy, WAITING] = waiting + 1
    ints[copy, MOST_WAITED] = max(ints[copy, MOST_WAITED], waiting + 1)
    return True


@jit
def unlink(ints: Ints, copy: int, token: int) -> None:
    """Take *token*, which waits there, out of the queue of *copy*."""
    if ints[copy, IN_TURNS]:
        leave_loop(ints, copy, token)
    earlier, following = ints[token, EARLIER], ints[token, LINK]
    if earlier >= 0:
        ints[earlier, LINK] = following
    else:
        ints[copy, HEAD] = following
    if following >= 0:
        ints[following, EARLIER] = earlier
    else:
        ints[copy, TAIL] = earlier
    ints[copy, WAITING] -= 1


@jit
def dequeue(ints: Ints, floats: Floats, copy: int) -> int:
    """Whose turn it is at *copy*: who has waited longest, where it is no event loop."""
    token = ints[copy, HEAD]
    if ints[copy, IN_TURNS]:
        look_around(ints, copy)
    unlink(ints, copy, token)
    floats[token, DEADLINE] = math.inf
    return token  # type: ignore[no-any-return]


@jit
def bear_waiting(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """*token* has begun to wait in a queue: have it leave when its patience is over."""
    step = ints[token, PC]
    patience = floats[step, PATIENCE]
    if patience == 0.0:
        return
    if ints[0, EVENTS] > len(due) // 2:  # the other half is for what must not be lost
        ints[0, UNWATCHED] += 1
        return
    if floats[step, PATIENCE_IS_MEAN] > 0.0:
        patience *= -math.log(luck(ints, token, step, 12))
    floats[token, DEADLINE] = floats[0, NOW] + patience
    schedule(ints, due, events, floats[token, DEADLINE], token * 8 + IMPATIENT)


@jit
def pick(ints: Ints, token: int, step: int, station: int) -> int:
    """A copy of *station* that is up, by its policy; -1 when none is."""
    first, count = ints[station, FIRST], ints[station, COPIES]
    if count == 1:
        return first if ints[first, UP] == IS_UP else -1
    start = ints[station, TURN]
    ints[station, TURN] = start + 1 if start + 1 < count else 0
    if ints[station, POLICY] == RANDOM:
        start = min(count - 1, int(luck(ints, token, step, 2) * count))
    best, least = -1, 0
    for offset in range(count):
        place = start + offset
        copy = first + (place - count if place >= count else place)
        if ints[copy, UP] != IS_UP:
            continue
        if ints[station, POLICY] != LEAST:
            if ints[station, POLICY] != RANDOM:  # those that are up take equal turns, also past one that is down
                ints[station, TURN] = copy - first + 1 if copy - first + 1 < count else 0
            return copy  # type: ignore[no-any-return]
        load = ints[copy, BUSY] + ints[copy, WAITING]
        if best < 0 or load < least:
            best, least = copy, load
    return best


@jit
def serve(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int, token: int) -> None:
    """Begin to serve *token* at a unit of *copy* that was counted busy."""
    takes = duration(ints, floats, token, ints[token, PC]) * floats[copy, SLOWNESS]
    ints[token, COPY] = copy
    ints[token, COPY_ERA] = ints[copy, ERA]
    schedule(ints, due, events, floats[0, NOW] + takes, token * 8 + GO_ON)


@jit
def hold(ints: Ints, copy: int, token: int) -> None:
    """Give *token* a unit of *copy* to keep, and have it go past its step."""
    register = ints[ints[token, PC], OTHER]
    ints[token, HELD + register] = copy
    ints[token, HELD_ERA + register] = ints[copy, ERA]
    ints[token, PC] += 1
    make_ready(ints, token)


@jit
def give_unit(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int, token: int) -> None:
    """A unit of *copy* is for *token* from now on."""
    if ints[ints[token, PC], OP] == SERVE:
        serve(ints, floats, due, events, copy, token)
    else:
        hold(ints, copy, token)


@jit
def free_unit(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int) -> None:
    """A unit of *copy* has become free: who waits longest gets it."""
    account(ints, floats, copy)
    if ints[copy, WAITING] == 0:
        ints[copy, BUSY] -= 1
    else:
        give_unit(ints, floats, due, events, copy, dequeue(ints, floats, copy))


@jit
def let_go(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int, register: int) -> None:
    """Give back the unit in *register*; a unit of a copy that has gone down since is gone with it."""
    copy, era = ints[token, HELD + register], ints[token, HELD_ERA + register]
    ints[token, HELD + register] = EMPTY
    ints[token, HELD_ERA + register] = EMPTY
    if era >= 0 and era == ints[copy, ERA]:
        free_unit(ints, floats, due, events, copy)


@jit
def fill_batch(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int) -> None:
    """Start a batch at *copy* if it is free and the batch is full or ripe; else see to it that it ripens."""
    waiting, most = ints[copy, WAITING], ints[copy, UNITS]
    if ints[copy, BUSY] > 0 or waiting == 0 or ints[copy, UP] == IS_DOWN:
        return
    ripe = floats[ints[copy, HEAD], DEADLINE]
    if waiting < most and floats[0, NOW] < ripe:
        if floats[copy, NEXT_RIPE] != ripe:
            floats[copy, NEXT_RIPE] = ripe
            schedule(ints, due, events, ripe, copy * 8 + RIPE)
        return
    account(ints, floats, copy)
    size = min(waiting, most)
    takes = floats[ints[copy, TABLE] + size // FLOATS, size % FLOATS] * floats[copy, SLOWNESS]
    ints[copy, BUSY] = 1
    ints[copy, BATCHES] += 1
    ints[copy, BATCHED] += size
    for member in range(size):
        token = dequeue(ints, floats, copy)
        ints[token, COPY] = copy
        ints[token, COPY_ERA] = ints[copy, ERA]
        ints[token, LATER] = member  # the first frees the server: the order of events at one time is nobody's
        schedule(ints, due, events, floats[0, NOW] + takes, token * 8 + GO_ON)


@jit
def arrive(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int, token: int) -> bool:
    """Have *token* served at, or given a unit of, *copy*, or wait for it; False when it cannot."""
    if copy < 0 or ints[copy, UP] == IS_DOWN:
        return False
    account(ints, floats, copy)
    if ints[ints[token, PC], OP] == BATCH:
        floats[token, DEADLINE] = floats[0, NOW] + floats[copy, RIPE_AFTER]
        if not enqueue(ints, copy, token):
            return False
        fill_batch(ints, floats, due, events, copy)
        return True
    if ints[copy, BUSY] >= ints[copy, UNITS]:
        if not enqueue(ints, copy, token):
            return False
        bear_waiting(ints, floats, due, events, token)
        return True
    ints[copy, BUSY] += 1
    give_unit(ints, floats, due, events, copy, token)
    return True
