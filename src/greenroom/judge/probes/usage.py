"""What a piece of work costs a project's process in memory and CPU time, as the kernel tells the supervisor.

    with cost(service.seat) as used:
        service.get("/export").expect(200)
    lab.expect(used.peak_mb <= 8, f"{used.peak_mb:.0f} MB above what it had before, budget 8")

Nothing of it can be reached from inside: the sandbox has no /proc, and the numbers do not pass through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from greenroom.judge.probes.seats import Seat


@dataclass
class Cost:
    """What the work cost, filled in at its end.

    `known` is False on a system that does not say (no Linux): then a check should let the candidate pass and say so.

    `peak_mb` is the highest memory above what was held at the beginning, in MB. It is `exact` where the work went above
    everything before it; else the peak from before is taken, so it is never too low. Do the same work once in small
    first, so that what is loaded and allocated once does not count. What happens in files of /tmp is not counted.

    `cpu_s` is CPU time in seconds of all processes. It does not grow while others have the cores, but shared caches
    make it vary by some tens of per cent: compare orders of growth (`increase`) rather than values.
    """

    known: bool = False
    exact: bool = False
    peak_mb: float = 0.0
    cpu_s: float = 0.0


@contextmanager
def cost(seat: Seat) -> Iterator[Cost]:
    """The cost of what *seat* does meanwhile. Raises EndedError when it ends."""
    found = Cost()
    before = seat.usage()
    yield found
    after = seat.usage()
    if before is not None and after is not None:
        found.known, found.exact = True, after.peak_mb > before.peak_mb
        found.peak_mb = max(0.0, after.peak_mb - before.resident_mb)
        found.cpu_s = max(0.0, after.cpu_s - before.cpu_s)


def increase(work: Callable[[int], float], small: int, large: int, rounds: int = 3) -> float:
    """How many times as much *work*, which says what it took, takes for *large* as for *small*: the least of *rounds*.

    Whatever disturbs a measurement makes it larger, so the least of several is the truest. With four times the size
    linear work takes about 4 times as much, quadratic work 16 times; a bound between them, such as 8, tells them apart
    whatever the machine does. Raises ValueError when the small one took nothing.
    """
    least = {size: min(work(size) for _ in range(rounds)) for size in (small, large)}
    if least[small] <= 0:
        raise ValueError("the small work took nothing that could be measured")
    return least[large] / least[small]
