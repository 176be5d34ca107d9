"""Tokens: how they begin, and what luck they meet."""

from __future__ import annotations

import math

from greenroom.simulator.columns import (
    AMOUNT,
    ATTEMPT,
    CONSTANT,
    DEADLINE,
    EMPTY,
    EXPONENTIAL,
    FREE,
    HELD,
    HELD_ERA,
    IN_FLIGHT,
    LAW,
    LINK,
    MOST_HELD,
    MOST_IN_FLIGHT,
    PARENT,
    PC,
    PLACE,
    READY,
    REFUSED,
    REQUEST,
    ROUND,
    SEED,
    SPREAD,
    TRIES,
    Floats,
    Ints,
)
from greenroom.simulator.jit import jit
from greenroom.simulator.luck import uniform


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
