"""Functions of the examiner's that a project calls: `greenroom_lab.ask(name, …)`. Each call is counted and can be
priced, bounded and refused here, where no code of the project runs.

    offers = Offers(train=train, less=lambda one, other: one < other)
    seat = lab.process(offers=offers)
    lab.call("policy:run", seat=seat)
    lab.expect(offers.counts["train"] <= 5, f"{offers.counts['train']} trainings, 5 allowed")
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from greenroom.judge.inside import arrays
from greenroom.judge.probes.seats import Seat

_MOST_CALLS = 100_000
_TEXT = 300


class RefusedError(Exception):
    """What is asked for is not given; the project gets a `greenroom_lab.Refused` with the text."""


class Offers:
    """*functions* by the names that the project asks for. They take and return plain data, and arrays.

    A TypeError or ValueError of theirs (the project gave the wrong arguments) is told to the project as refused.
    `counts` has every call of what is offered, `calls` the first 100,000 with their arguments.
    """

    def __init__(self, **functions: Callable[..., Any]) -> None:
        self.functions = functions
        self.counts: Counter[str] = Counter()
        self.calls: list[tuple[str, tuple[Any, ...]]] = []

    def serve(self, _seat: Seat, asked: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        """Answer one call."""
        name, arguments = str(asked["name"])[:80], tuple(arrays.decode(body))
        function = self.functions.get(name)
        if function is None:
            return {"error": f"there is no {name!r} here"}, b""
        self.counts[name] += 1
        if len(self.calls) < _MOST_CALLS:
            self.calls.append((name, arguments))
        try:
            return {}, arrays.encode(function(*arguments))
        except (RefusedError, TypeError, ValueError) as error:
            return {"error": f"{name}: {error}"[:_TEXT]}, b""
