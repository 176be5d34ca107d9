"""The columns of the engine's tables, and the numbers that stand in them for sorts of things.

Everything is a row of one table of ints and one of floats: the run itself (row 0), steps, stations, their copies, call
sites, caches, buckets, faults, scalers and tokens. What refers to a row holds its number.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MOST_HELD = 4
"""Copies and units that a token can remember."""

# Row 0: the run. FAILURE is the step of those who fail.
EVENTS, SEED, FREE, READY, ENDED, ARRIVED, IN_FLIGHT, MOST_IN_FLIGHT, REFUSED, UNWATCHED, FAILURE = range(11)
(NOW,) = range(1)

# A step: what it does, its operands, a law for how long it takes, and its place for `uniform`. Who has to wait for it
# longer than its patience (0: for ever; exponential, where it is a mean) leaves the queue and fails. BY_TIMER says that
# a timer brought the token here, which an event loop takes up last.
OP, OPERAND, OTHER, LAW, PLACE, BY_TIMER = range(6)
AMOUNT, SPREAD, PATIENCE, PATIENCE_IS_MEAN = range(4)
SERVE, ACQUIRE, BATCH, PICK, RELEASE, PAUSE, BRANCH, JUMP, CALL, SPAWN, CACHE, FILL, LIMIT, BESIDE, JOIN, FAIL, END = (
    range(17)
)
CONSTANT, EXPONENTIAL, LOGNORMAL = range(3)

# A station: its copies lie in rows from FIRST on. PARTED holds the first token that was sent into a partition.
FIRST, COPIES, POLICY, TURN, PARTED = range(5)
ROUND_ROBIN, RANDOM, LEAST = range(3)
TOGETHER, EMPTY = -2, -1

# A copy of a station, down, up, or draining (what it has begun goes on). A batching one serves at most UNITS at once,
# in the time that its TABLE says. One that serves IN_TURNS is an event loop (`loops.py`).
UNITS, BUSY, WAITING, HEAD, TAIL, MOST, UP, ERA, MOST_WAITED, SERVED, BATCHES, BATCHED, TABLE, LEFT, ASKED = range(15)
IN_TURNS, LAST_READY, LAST_NOTICED, LAST_COME = range(15, 19)
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
# CHILD is the attempt that it waits for, or at JOIN the number of its branches; RESULT is then that of the branches.
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
