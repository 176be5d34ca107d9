"""Random numbers that are computed, not drawn: the same question has the same answer, whatever was asked before.

The mixer is the finaliser of SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators"),
which also makes a good hash of a counter.
"""

from __future__ import annotations

import numpy as np

from greenroom.simulator.jit import jit

_A, _B = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_REQUEST, _PLACE, _ATTEMPT = 0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7
_MASK = (1 << 64) - 1

_U_A, _U_B = np.uint64(_A), np.uint64(_B)
_U_REQUEST, _U_PLACE, _U_ATTEMPT = np.uint64(_REQUEST), np.uint64(_PLACE), np.uint64(_ATTEMPT)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)


@jit
def uniform(seed: int, request: int, place: int, attempt: int) -> float:
    """A number between 0 and 1, both excluded, for the *attempt* of a *request* at a *place*."""
    z = np.uint64(seed) + np.uint64(request + 1) * _U_REQUEST
    z = (z ^ (z >> _S30)) * _U_A
    z = z + np.uint64(place + 1) * _U_PLACE + np.uint64(attempt) * _U_ATTEMPT
    z = (z ^ (z >> _S30)) * _U_A
    z = (z ^ (z >> _S27)) * _U_B
    z = z ^ (z >> _S31)
    return (float(z >> _S11) + 0.5) * 1.1102230246251565e-16


def uniform_without_numba(seed: int, request: int, place: int, attempt: int) -> float:
    """The same in plain integers."""
    z = (int(seed) + (int(request) + 1) * _REQUEST) & _MASK
    z = ((z ^ (z >> 30)) * _A) & _MASK
    z = (z + (int(place) + 1) * _PLACE + int(attempt) * _ATTEMPT) & _MASK
    z = ((z ^ (z >> 30)) * _A) & _MASK
    z = ((z ^ (z >> 27)) * _B) & _MASK
    z = z ^ (z >> 31)
    return (float(z >> 11) + 0.5) * 1.1102230246251565e-16
