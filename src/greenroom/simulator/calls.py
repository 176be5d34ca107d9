"""Calls, with timeouts, retries, budgets and breakers; and how a walk ends, of which its caller hears."""

from __future__ import annotations

import math

from greenroom.simulator.columns import (
    A_REQUEST,
    ACQUIRE,
    ANSWERED,
    ARMED,
    ATTEMPT,
    BACKOFF,
    BREAK_AFTER,
    BUDGET,
    CHILD,
    COPY,
    DEADLINE,
    EARLIER,
    EMPTY,
    ENDED,
    FAILED,
    FAILED_IN_ROW,
    FAILURE,
    FIRST_CALLER,
    FREE,
    GO_ON,
    HELD_ERA,
    IN_FLIGHT,
    JOIN,
    LAST_CALLER,
    LATER,
    LEFT,
    LINK,
    MOST_HELD,
    MOST_PURSE,
    NOBODY,
    NOW,
    ON_FAIL,
    OP,
    OPEN_FOR,
    OPEN_UNTIL,
    OPERAND,
    OTHER,
    PARENT,
    PC,
    PURSE,
    REQUEST,
    RESULT,
    RETRIED,
    RETRIES,
    ROUND,
    SITE,
    TIMED_OUT,
    TIMEOUT,
    TIMEOUTS,
    TRIES,
    TRIPS,
    Floats,
    Ints,
)
from greenroom.simulator.heap import schedule
from greenroom.simulator.jit import jit
from greenroom.simulator.queues import account, let_go, unlink
from greenroom.simulator.tokens import begin, luck, make_ready


@jit
def wait_for(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int, site: int, attempt: int) -> None:
    """Have *token* wait for *attempt*, until the site's timeout; the callers of a site time out in their order."""
    ints[token, CHILD] = attempt
    ints[token, SITE] = site
    if floats[site, TIMEOUT] == math.inf:
        return
    deadline = floats[0, NOW] + floats[site, TIMEOUT]
    floats[token, DEADLINE] = deadline
    last = ints[site, LAST_CALLER]
    ints[token, EARLIER] = last
    ints[token, LATER] = EMPTY
    if last >= 0:
        ints[last, LATER] = token
    else:
        ints[site, FIRST_CALLER] = token
    ints[site, LAST_CALLER] = token
    if not ints[site, ARMED]:
        ints[site, ARMED] = 1
        schedule(ints, due, events, deadline, site * 8 + TIMED_OUT)


@jit
def stop_waiting(ints: Ints, floats: Floats, token: int) -> None:
    """Take *token* out of its site's list."""
    site = ints[token, SITE]
    if floats[site, TIMEOUT] == math.inf:
        return
    floats[token, DEADLINE] = math.inf
    earlier, later = ints[token, EARLIER], ints[token, LATER]
    if earlier >= 0:
        ints[earlier, LATER] = later
    else:
        ints[site, FIRST_CALLER] = later
    if later >= 0:
        ints[later, EARLIER] = earlier
    else:
        ints[site, LAST_CALLER] = earlier


@jit
def call(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> bool:
    """Begin an attempt of the call at the token's step; False when its breaker is open, or there is no room."""
    step = ints[token, PC]
    site = ints[step, OPERAND]
    if floats[0, NOW] < floats[site, OPEN_UNTIL]:
        return False
    if ints[token, TRIES] == 0:
        floats[site, PURSE] = min(floats[site, MOST_PURSE], floats[site, PURSE] + floats[site, BUDGET])
    attempt = begin(ints, floats, ints[token, REQUEST], ints[step, OTHER], token)
    if attempt < 0:
        return False
    ints[attempt, ATTEMPT] = (ints[token, ATTEMPT] + ints[token, ROUND]) * 8 + ints[token, TRIES]
    wait_for(ints, floats, due, events, token, site, attempt)
    return True


@jit
def note_failure(ints: Ints, floats: Floats, site: int) -> None:
    """Count a failed attempt; enough of them in a row open the site's breaker."""
    floats[site, FAILED_IN_ROW] += 1.0
    if floats[site, FAILED_IN_ROW] >= floats[site, BREAK_AFTER]:
        floats[site, FAILED_IN_ROW] = 0.0
        floats[site, OPEN_UNTIL] = floats[0, NOW] + floats[site, OPEN_FOR]
        ints[site, TRIPS] += 1


@jit
def retry(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int, site: int) -> bool:
    """Have the call of *token* tried again, after its backoff; False when it may not be."""
    tries = ints[token, TRIES]
    if tries >= ints[site, RETRIES] or floats[site, PURSE] < 1.0:
        return False
    floats[site, PURSE] -= 1.0
    ints[token, TRIES] = tries + 1
    ints[site, RETRIED] += 1
    if floats[site, BACKOFF] > 0.0:
        pause = floats[site, BACKOFF] * 2.0**tries * (0.5 + luck(ints, token, ints[token, PC], 3 + tries))
        schedule(ints, due, events, floats[0, NOW] + pause, token * 8 + GO_ON)
    else:
        make_ready(ints, token)
    return True


@jit
def refuse(ints: Ints, token: int) -> None:
    """The call of *token* has failed for good: it goes where failures go, or fails itself."""
    site = ints[ints[token, PC], OPERAND]
    ints[token, TRIES] = 0
    ints[token, PC] = ints[site, ON_FAIL] if ints[site, ON_FAIL] >= 0 else ints[0, FAILURE]
    make_ready(ints, token)


@jit
def attempt_failed(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """What *token* waited for has failed, or takes too long."""
    site = ints[ints[token, PC], OPERAND]
    note_failure(ints, floats, site)
    if not retry(ints, floats, due, events, token, site):
        refuse(ints, token)


@jit
def begin_branch(ints: Ints, floats: Floats, token: int) -> None:
    """Begin the branch at the token's step, the first of some if its register is 0. `JOIN` waits for all of them."""
    step = ints[token, PC]
    if ints[step, OTHER] == 0:
        ints[token, CHILD] = 0
        ints[token, RESULT] = ANSWERED
    branch = begin(ints, floats, ints[token, REQUEST], ints[step, OPERAND], token)
    if branch < 0:
        ints[token, RESULT] = FAILED
    else:
        ints[branch, ATTEMPT] = ints[token, ATTEMPT] + ints[token, ROUND]
        ints[token, CHILD] += 1


@jit
def note_branch(ints: Ints, token: int, result: int) -> None:
    """A branch of *token* has ended; after the last one it goes on. One that has failed has failed all of it."""
    if result != ANSWERED:
        ints[token, RESULT] = FAILED
    ints[token, CHILD] -= 1
    if ints[token, CHILD] == 0:
        make_ready(ints, token)


@jit
def end(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int, result: int) -> None:
    """The walk is over: units go back, and who waits for it hears of it."""
    for register in range(MOST_HELD):
        if ints[token, HELD_ERA + register] >= 0:
            let_go(ints, floats, due, events, token, register)
    parent = ints[token, PARENT]
    ints[0, IN_FLIGHT] -= 1
    if parent == A_REQUEST:  # `run` writes down what became of it, and frees the token
        ints[token, RESULT] = result
        ints[token, LINK] = ints[0, ENDED]
        ints[0, ENDED] = token
        return
    ints[token, LINK] = ints[0, FREE]
    ints[0, FREE] = token
    if parent == NOBODY:
        return
    if ints[ints[parent, PC], OP] == JOIN:
        note_branch(ints, parent, result)
        return
    stop_waiting(ints, floats, parent)
    if result == ANSWERED:
        floats[ints[parent, SITE], FAILED_IN_ROW] = 0.0
        ints[parent, TRIES] = 0
        ints[parent, PC] += 1
        make_ready(ints, parent)
    else:
        attempt_failed(ints, floats, due, events, parent)


@jit
def time_out(ints: Ints, floats: Floats, due: Floats, events: Ints, site: int) -> None:
    """End the waiting of all whose time is over at *site*; their attempts go on, for nobody."""
    token = ints[site, FIRST_CALLER]
    while token >= 0 and floats[token, DEADLINE] <= floats[0, NOW]:
        ints[ints[token, CHILD], PARENT] = NOBODY
        ints[site, TIMEOUTS] += 1
        stop_waiting(ints, floats, token)
        attempt_failed(ints, floats, due, events, token)
        token = ints[site, FIRST_CALLER]
    if token >= 0:
        schedule(ints, due, events, floats[token, DEADLINE], site * 8 + TIMED_OUT)
    else:
        ints[site, ARMED] = 0


@jit
def leave(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """*token* has waited too long, if it still waits for what this event was for: it leaves the queue and fails."""
    if ints[ints[token, PC], OP] > ACQUIRE or floats[token, DEADLINE] != floats[0, NOW]:
        return
    copy = ints[token, COPY]
    account(ints, floats, copy)
    unlink(ints, copy, token)
    ints[copy, LEFT] += 1
    floats[token, DEADLINE] = math.inf
    end(ints, floats, due, events, token, FAILED)
