"""What befalls stations: faults, and scalers that add copies or drain them."""

from __future__ import annotations

import math

from greenroom.simulator.calls import end
from greenroom.simulator.columns import (
    AIM,
    ASKED,
    BUSY,
    BUSY_AREA,
    COMING,
    COOLED,
    COPIES,
    DELAY,
    DRAINS,
    EMPTY,
    ERA,
    EVERY,
    FAILED,
    FIRST,
    IS_DOWN,
    IS_THERE,
    IS_UP,
    LEAST_COPIES,
    LINK,
    LOOKS,
    LOST,
    MOST_COPIES,
    NOW,
    PARTED,
    PARTS,
    RESTORED,
    SCALES,
    SEEN_AREA,
    SLOWED,
    SLOWNESS,
    TARGET,
    TOGETHER,
    UNITS,
    UP,
    VALUE,
    WAITING,
    WARMTH,
    WHAT,
    Floats,
    Ints,
)
from greenroom.simulator.heap import schedule
from greenroom.simulator.jit import jit
from greenroom.simulator.queues import account, dequeue


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
