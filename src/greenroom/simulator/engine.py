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

import numpy as np
import numpy.typing as npt

from greenroom.simulator.jit import jit
from greenroom.simulator.luck import uniform

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_HELD = 4
"""Copies and units that a token can remember."""

# Row 0: the run. FAILURE is the step of those who fail.
EVENTS, SEED, FREE, READY, ENDED, ARRIVED, IN_FLIGHT, MOST_IN_FLIGHT, REFUSED, UNWATCHED, FAILURE = range(11)
(NOW,) = range(1)

# A step: what it does, its operands, a law for how long it takes, and its place for `uniform`. Who has to wait for it
# longer than its patience (0: for ever; exponential, where it is a mean) leaves the queue and fails.
OP, OPERAND, OTHER, LAW, PLACE = range(5)
AMOUNT, SPREAD, PATIENCE, PATIENCE_IS_MEAN = range(4)
SERVE, ACQUIRE, BATCH, PICK, RELEASE, PAUSE, BRANCH, JUMP, CALL, SPAWN, CACHE, FILL, LIMIT, FAIL, END = range(15)
CONSTANT, EXPONENTIAL, LOGNORMAL = range(3)

# A station: its copies lie in rows from FIRST on. PARTED holds the first token that was sent into a partition.
FIRST, COPIES, POLICY, TURN, PARTED = range(5)
ROUND_ROBIN, RANDOM, LEAST = range(3)
TOGETHER, EMPTY = -2, -1

# A copy of a station, down, up, or draining (what it has begun goes on). A batching one serves at most UNITS at once,
# in the time that its TABLE says.
UNITS, BUSY, WAITING, HEAD, TAIL, MOST, UP, ERA, MOST_WAITED, SERVED, BATCHES, BATCHED, TABLE, LEFT, ASKED = range(15)
IS_DOWN, IS_UP, DRAINS = range(3)
BUSY_AREA, WAITING_AREA, SINCE, SLOWNESS, RIPE_AFTER, NEXT_RIPE = range(6)

# A call site. Its waiting callers are a list in the order of their deadlines, so one event watches all of them.
RETRIES, FIRST_CALLER, LAST_CALLER, ARMED, ON_FAIL, TRIPS, TIMEOUTS, RETRIED = range(8)
TIMEOUT, BUDGET, PURSE, MOST_PURSE, BACKOFF, OPEN_UNTIL, BREAK_AFTER, OPEN_FOR, FAILED_IN_ROW = range(9)

# A cache: its hit ratio when warm, how warm it is (0 to 1), and how many entries make it warm. A bucket: what
# drips into it in a millisecond, its size, what is in it, and since when that is so.
HIT, WARMTH, ENTRIES = range(3)
DRIP, SIZE, CONTENT, FILLED = range(4)

# A scaler looks every so often how busy the copies of a station are, and aims at a part of them; a new copy takes a
# while to come, and one too many is given no new work.
SCALES, LEAST_COPIES, MOST_COPIES, COMING = range(4)
EVERY, AIM, DELAY, SEEN_AREA = range(4)

# A fault: what happens to which row.
WHAT, TARGET = range(2)
(VALUE,) = range(1)
LOST, RESTORED, SLOWED, COOLED, PARTS, JOINS = range(6)

# A token. LINK is its place in one list: of those that wait at a copy, are ready, are free or have ended. EARLIER is
# the other way, in a copy's queue and, with LATER, among a site's callers. DEADLINE is that of its waiting in either.
PC, REQUEST, PARENT, CHILD, LINK, COPY, COPY_ERA, EARLIER, LATER, SITE, TRIES, ATTEMPT, ROUND, RESULT = range(14)
HELD = 14
HELD_ERA = HELD + MOST_HELD
(DEADLINE,) = range(1)
A_REQUEST, NOBODY = -2, -1

INTS = HELD_ERA + MOST_HELD
FLOATS = 9

# Events are row * 8 + one of these: a token goes on or has waited too long in a queue, a batch is ripe, callers of a
# site time out, a fault strikes, a scaler looks, a copy that it has asked for is there.
GO_ON, IMPATIENT, RIPE, TIMED_OUT, STRIKES, LOOKS, IS_THERE = range(7)

PENDING, ANSWERED, FAILED, OVERFLOWED = range(4)
"""What became of a request; overflowed when there was no room for another token."""


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


@jit
def luck(ints: Ints, token: int, step: int, nth: int) -> float:
    """The *nth* random number of *token* at *step*."""
    turn = ints[token, ATTEMPT] * 4096 + ints[token, ROUND]
    return uniform(ints[0, SEED], ints[token, REQUEST], ints[step, PLACE] + nth, turn)


@jit
def duration(ints: Ints, floats: Floats, token: int, step: int) -> float:
    """How long *step* takes *token*."""
    law, mean = ints[step, LAW], floats[step, AMOUNT]
    if law == CONSTANT:
        return mean  # type: ignore[no-any-return]
    first = math.log(luck(ints, token, step, 0))
    if law == EXPONENTIAL:
        return -mean * first  # type: ignore[no-any-return]
    spread = floats[step, SPREAD]  # Box and Muller (1958) make a normal of two uniform numbers
    normal = math.sqrt(-2.0 * first) * math.cos(2.0 * math.pi * luck(ints, token, step, 1))
    return mean * math.exp(spread * normal - 0.5 * spread * spread)  # type: ignore[no-any-return]


@jit
def account(ints: Ints, floats: Floats, copy: int) -> None:
    """Bring a copy's areas (busy units and waiting tokens, times milliseconds) up to now."""
    past = floats[0, NOW] - floats[copy, SINCE]
    floats[copy, BUSY_AREA] += past * ints[copy, BUSY]
    floats[copy, WAITING_AREA] += past * ints[copy, WAITING]
    floats[copy, SINCE] = floats[0, NOW]


@jit
def begin(ints: Ints, floats: Floats, request: int, pc: int, parent: int) -> int:
    """A new token at step *pc*, ready to go; -1 when there is no room for another."""
    token = ints[0, FREE]
    if token < 0:
        ints[0, REFUSED] += 1
        return -1
    ints[0, FREE] = ints[token, LINK]
    ints[token, PC] = pc
    ints[token, REQUEST] = request
    ints[token, PARENT] = parent
    ints[token, TRIES] = 0
    ints[token, ATTEMPT] = 0
    ints[token, ROUND] = 0
    floats[token, DEADLINE] = math.inf
    for register in range(MOST_HELD):
        ints[token, HELD + register] = EMPTY
        ints[token, HELD_ERA + register] = EMPTY
    ints[0, IN_FLIGHT] += 1
    ints[0, MOST_IN_FLIGHT] = max(ints[0, MOST_IN_FLIGHT], ints[0, IN_FLIGHT])
    make_ready(ints, token)
    return token  # type: ignore[no-any-return]


@jit
def make_ready(ints: Ints, token: int) -> None:
    """Have *token* walk on before the next event."""
    ints[token, LINK] = ints[0, READY]
    ints[0, READY] = token


@jit
def enqueue(ints: Ints, copy: int, token: int) -> bool:
    """Have *token* wait at *copy*; False when no more may wait there."""
    waiting = ints[copy, WAITING]
    if waiting >= ints[copy, MOST]:
        return False
    ints[token, LINK] = EMPTY
    ints[token, COPY] = copy
    if waiting == 0:
        ints[copy, HEAD] = token
        ints[token, EARLIER] = EMPTY
    else:
        ints[ints[copy, TAIL], LINK] = token
        ints[token, EARLIER] = ints[copy, TAIL]
    ints[copy, TAIL] = token
    ints[copy, WAITING] = waiting + 1
    ints[copy, MOST_WAITED] = max(ints[copy, MOST_WAITED], waiting + 1)
    return True


@jit
def dequeue(ints: Ints, floats: Floats, copy: int) -> int:
    """Who has waited longest at *copy*."""
    token = ints[copy, HEAD]
    following = ints[token, LINK]
    ints[copy, HEAD] = following
    if following >= 0:
        ints[following, EARLIER] = EMPTY
    ints[copy, WAITING] -= 1
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
def leave(ints: Ints, floats: Floats, due: Floats, events: Ints, token: int) -> None:
    """*token* has waited too long, if it still waits for what this event was for: it leaves the queue and fails."""
    if ints[ints[token, PC], OP] > ACQUIRE or floats[token, DEADLINE] != floats[0, NOW]:
        return
    copy, earlier, following = ints[token, COPY], ints[token, EARLIER], ints[token, LINK]
    account(ints, floats, copy)
    if earlier >= 0:
        ints[earlier, LINK] = following
    else:
        ints[copy, HEAD] = following
    if following >= 0:
        ints[following, EARLIER] = earlier
    else:
        ints[copy, TAIL] = earlier
    ints[copy, WAITING] -= 1
    ints[copy, LEFT] += 1
    floats[token, DEADLINE] = math.inf
    end(ints, floats, due, events, token, FAILED)


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
def lose(ints: Ints, floats: Floats, due: Floats, events: Ints, copy: int) -> None:
    """*copy* goes down: what waits there fails now, what is served there fails when it would have been done."""
    account(ints, floats, copy)
    ints[copy, UP] = IS_DOWN
    ints[copy, ERA] += 1
    ints[copy, BUSY] = 0
    while ints[copy, WAITING] > 0:
        end(ints, floats, due, events, dequeue(ints, floats, copy), FAILED)


@jit
def rejoin(ints: Ints, floats: Floats, due: Floats, events: Ints, station: int) -> None:
    """A partition is over: what was sent into it is lost."""
    token = ints[station, PARTED]
    ints[station, PARTED] = TOGETHER
    while token >= 0:
        following = ints[token, LINK]
        end(ints, floats, due, events, token, FAILED)
        token = following


@jit
def strike(ints: Ints, floats: Floats, due: Floats, events: Ints, fault: int) -> None:
    """A fault begins or ends."""
    what, target = ints[fault, WHAT], ints[fault, TARGET]
    if what == LOST:
        lose(ints, floats, due, events, target)
    elif what == RESTORED:
        account(ints, floats, target)
        ints[target, UP] = IS_UP
    elif what == SLOWED:
        floats[target, SLOWNESS] = floats[fault, VALUE]
    elif what == COOLED:
        floats[target, WARMTH] = floats[fault, VALUE]
    elif what == PARTS:
        ints[target, PARTED] = EMPTY
    else:
        rejoin(ints, floats, due, events, target)


@jit
def look(ints: Ints, floats: Floats, due: Floats, events: Ints, scaler: int) -> None:
    """A scaler looks how busy its station was since it looked last, and asks for copies or drains some."""
    station = ints[scaler, SCALES]
    first, up, area = ints[station, FIRST], 0, 0.0
    for copy in range(first, first + ints[station, COPIES]):
        account(ints, floats, copy)
        area += floats[copy, BUSY_AREA] / ints[copy, UNITS]
        up += 1 if ints[copy, UP] == IS_UP else 0
    busy = (area - floats[scaler, SEEN_AREA]) / floats[scaler, EVERY]
    floats[scaler, SEEN_AREA] = area
    wanted = min(ints[scaler, MOST_COPIES], max(ints[scaler, LEAST_COPIES], math.ceil(busy / floats[scaler, AIM])))
    missing = wanted - up - ints[scaler, COMING]
    for copy in range(first, first + ints[station, COPIES]):
        if missing > 0 and ints[copy, UP] == IS_DOWN and ints[copy, ASKED] == 0:
            ints[copy, ASKED] = scaler
            ints[scaler, COMING] += 1
            missing -= 1
            schedule(ints, due, events, floats[0, NOW] + floats[scaler, DELAY], copy * 8 + IS_THERE)
        elif missing > 0 and ints[copy, UP] == DRAINS:
            ints[copy, UP] = IS_UP
            missing -= 1
    for copy in range(first + ints[station, COPIES] - 1, first - 1, -1):
        if missing < 0 and ints[copy, UP] == IS_UP and up > 1:
            ints[copy, UP] = DRAINS
            missing += 1
            up -= 1
    schedule(ints, due, events, floats[0, NOW] + floats[scaler, EVERY], scaler * 8 + LOOKS)


@jit
def come_up(ints: Ints, floats: Floats, copy: int) -> None:
    """A copy that a scaler has asked for is there."""
    ints[ints[copy, ASKED], COMING] -= 1
    ints[copy, ASKED] = 0
    account(ints, floats, copy)
    ints[copy, UP] = IS_UP


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
