"""The event loop: requests walk through programs of small steps, and wait where steps make them wait.

A *token* is one walk: a client's request, one attempt of a call, or work that was left to run after the answer. A step
serves it at a station, has it hold or give back a unit, lets it pause, branches, calls (with a timeout and retries: the
attempt is a token of its own, and one that nobody waits for any more goes on, as in real servers), or leaves work
behind.

Everything is a row of one table of ints and one of floats: the run itself (row 0), steps, stations, their copies, call
sites, caches, buckets, faults and tokens. What refers to a row holds its number. So numba can compile these functions
(few arguments, no objects), and `twin.py` can run the very same ones without numba, with the same bits.

Random numbers are not drawn from a stream but computed from (seed, request, place, attempt): the same request meets the
same luck in two designs, whatever happens between (common random numbers).

All times are milliseconds from the beginning of the run.
"""

from __future__ import annotations

import math

from greenroom.simulator.calls import begin_branch, call, end, leave, refuse, time_out
from greenroom.simulator.columns import (
    A_REQUEST,
    ACQUIRE,
    AMOUNT,
    ANSWERED,
    ARRIVED,
    BATCH,
    BESIDE,
    BRANCH,
    BUSY,
    CACHE,
    CALL,
    CHILD,
    CONTENT,
    COPY,
    COPY_ERA,
    DRIP,
    EMPTY,
    END,
    ENDED,
    ENTRIES,
    ERA,
    EVENTS,
    FAIL,
    FAILED,
    FILL,
    FILLED,
    FREE,
    GO_ON,
    HELD,
    HIT,
    IMPATIENT,
    IS_THERE,
    JOIN,
    JUMP,
    LATER,
    LINK,
    LOOKS,
    NOBODY,
    NOW,
    OP,
    OPERAND,
    OTHER,
    OVERFLOWED,
    PARTED,
    PAUSE,
    PC,
    PICK,
    READY,
    RELEASE,
    REQUEST,
    RESULT,
    RIPE,
    ROUND,
    SERVE,
    SERVED,
    SIZE,
    SPAWN,
    TIMED_OUT,
    TOGETHER,
    WARMTH,
    Floats,
    Ints,
)
from greenroom.simulator.faults import come_up, look, strike
from greenroom.simulator.heap import schedule, take
from greenroom.simulator.jit import jit
from greenroom.simulator.queues import account, arrive, fill_batch, free_unit, let_go, pick
from greenroom.simulator.tokens import begin, duration, luck, make_ready


@jit
def visit(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> bool:
    """Do a step at a station; True when the token goes on at once."""
    step = ints[token, PC]
    what, station, register = ints[step, OP], ints[step, OPERAND], ints[step, OTHER]
    if ints[station, PARTED] != TOGETHER:
        ints[token, LINK] = ints[station, PARTED]
        ints[station, PARTED] = token
        return False
    copy = ints[token, HELD + register] if what not in (ACQUIRE, PICK) and register >= 0 else EMPTY
    if copy < 0:
        copy = pick(ints, token, step, station)
    if what == PICK and copy >= 0:
        ints[token, HELD + register] = copy
        ints[token, PC] = step + 1
        return True
    if what == PICK or not arrive(ints, floats, due, events, copy, token):
        end(ints, floats, due, events, token, FAILED)
    return False


@jit
def passes(ints: Ints, floats: Floats, token: int) -> bool:
    """Do a step that only decides where to go on; False when a bucket is empty, which is a failure."""
    step = ints[token, PC]
    what, operand = ints[step, OP], ints[step, OPERAND]
    target = step + 1
    if what == BRANCH:
        if luck(ints, token, step, 0) < floats[step, AMOUNT]:
            target = operand
    elif what == JUMP:
        target = operand
    elif what == CACHE:
        if luck(ints, token, step, 0) < floats[operand, HIT] * floats[operand, WARMTH]:
            target = ints[step, OTHER]
    elif what == FILL:
        floats[operand, WARMTH] += (1.0 - floats[operand, WARMTH]) / floats[operand, ENTRIES]
    elif what == BESIDE:
        begin_branch(ints, floats, token)
    elif what == SPAWN:
        begin(ints, floats, ints[token, REQUEST], operand, NOBODY)
    else:
        drips = (floats[0, NOW] - floats[operand, FILLED]) * floats[operand, DRIP]
        floats[operand, CONTENT] = min(floats[operand, SIZE], floats[operand, CONTENT] + drips)
        floats[operand, FILLED] = floats[0, NOW]
        if floats[operand, CONTENT] < 1.0:
            return False
        floats[operand, CONTENT] -= 1.0
    if target <= step:  # it comes here again, and meets other luck then
        ints[token, ROUND] += 1
    ints[token, PC] = target
    return True


@jit
def walk(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """Take steps with *token* until it has to wait or its walk is over."""
    while True:
        step = ints[token, PC]
        what = ints[step, OP]
        if what <= PICK:
            if not visit(ints, floats, due, events, token):
                return
        elif what == RELEASE:
            let_go(ints, floats, due, events, token, ints[step, OTHER])
            ints[token, PC] = step + 1
        elif what == PAUSE:
            schedule(ints, due, events, floats[0, NOW] + duration(ints, floats, token, step), token * 8 + GO_ON)
            return
        elif what == CALL:
            if not call(ints, floats, due, events, token):
                refuse(ints, token)
            return
        elif what == JOIN:
            if ints[token, CHILD] > 0:
                return
            if ints[token, RESULT] == FAILED:
                end(ints, floats, due, events, token, FAILED)
                return
            ints[token, PC] = step + 1
        elif what >= FAIL:
            end(ints, floats, due, events, token, ANSWERED if what == END else FAILED)
            return
        elif not passes(ints, floats, token):
            end(ints, floats, due, events, token, FAILED)
            return


@jit
def go_on(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """A service or a pause of *token* is over."""
    step = ints[token, PC]
    what = ints[step, OP]
    if what in (SERVE, BATCH):
        copy = ints[token, COPY]
        if ints[token, COPY_ERA] != ints[copy, ERA]:  # it went down meanwhile, with everything that it was doing
            end(ints, floats, due, events, token, FAILED)
            return
        ints[copy, SERVED] += 1
        if what == SERVE:
            free_unit(ints, floats, due, events, copy)
        elif ints[token, LATER] == 0:
            account(ints, floats, copy)
            ints[copy, BUSY] = 0
            fill_batch(ints, floats, due, events, copy)
    if what != CALL:  # after a backoff the call itself is made once more
        ints[token, PC] = step + 1
    make_ready(ints, token)


@jit
def happen(ints: Ints, floats: Floats, due: Floats, events: Ints) -> None:
    """Let the earliest event happen."""
    event = take(ints, due, events)
    what, row = event & 7, event >> 3
    if what == GO_ON:
        go_on(ints, floats, due, events, row)
    elif what == TIMED_OUT:
        time_out(ints, floats, due, events, row)
    elif what == RIPE:
        fill_batch(ints, floats, due, events, row)
    elif what == IMPATIENT:
        leave(ints, floats, due, events, row)
    elif what == LOOKS:
        look(ints, floats, due, events, row)
    elif what == IS_THERE:
        come_up(ints, floats, row)
    else:
        strike(ints, floats, due, events, row)


@jit
def settle(ints: Ints, answered: Floats, outcome: Ints, now: float) -> None:
    """Write down what became of the requests that have ended, and free their tokens."""
    token = ints[0, ENDED]
    while token >= 0:
        following = ints[token, LINK]
        answered[ints[token, REQUEST]] = now
        outcome[ints[token, REQUEST]] = ints[token, RESULT]
        ints[token, LINK] = ints[0, FREE]
        ints[0, FREE] = token
        token = following
    ints[0, ENDED] = EMPTY


@jit
def run(
    ints: Ints, floats: Floats, due: Floats, events: Ints,
    arrivals: Floats, entries: Ints, answered: Floats, outcome: Ints,
    until: float, most_events: int,
) -> bool:  # fmt: skip
    """Let requests arrive and walk; True when all that happens before *until* has happened.

    *arrivals* are the times of the requests in order, *entries* the steps where they begin. When and how they ended
    goes to *answered* and *outcome*. After *most_events* events it returns False and can be called again, so that
    somebody who waits sees progress and can stop it.
    """
    total = len(arrivals)
    for _ in range(most_events):
        number = ints[0, ARRIVED]
        arrives = arrivals[number] if number < total else math.inf
        happens = due[0] if ints[0, EVENTS] > 0 else math.inf
        now = min(arrives, happens)
        if now > until or now == math.inf:
            return True
        floats[0, NOW] = now
        if arrives <= happens:
            ints[0, ARRIVED] = number + 1
            if begin(ints, floats, number, entries[number], A_REQUEST) < 0:
                answered[number] = now
                outcome[number] = OVERFLOWED
        else:
            happen(ints, floats, due, events)
        while ints[0, READY] >= 0:
            token = ints[0, READY]
            ints[0, READY] = ints[token, LINK]
            walk(ints, floats, due, events, token)
        if ints[0, ENDED] >= 0:
            settle(ints, answered, outcome, now)
    return False
