"""Events and rows with two times each, small ones against a look at every row, a long history against a sweep."""

import random

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

Event = tuple[str, int]
Row = tuple[str, int, int, float]


def plainly(events: list[Event], rows: list[Row]) -> list[float | None]:
    """Every row is looked at for every event."""
    found = []
    for customer, at in events:
        usable = [
            (valid, arrived, place)
            for place, (owner, valid, arrived, _) in enumerate(rows)
            if owner == customer and valid <= at and arrived <= at
        ]
        found.append(rows[max(usable)[2]][3] if usable else None)
    return found


def swept(events: list[Event], rows: list[Row]) -> list[float | None]:
    """Rows and events in one order of time."""
    line = [(max(row[1], row[2]), 0, place) for place, row in enumerate(rows)]
    line += [(at, 1, place) for place, (_, at) in enumerate(events)]
    best: dict[str, tuple[int, int, int]] = {}
    found: list[float | None] = [None] * len(events)
    for _, is_event, place in sorted(line):
        if is_event:
            own = best.get(events[place][0])
            found[place] = rows[own[2]][3] if own else None
        else:
            owner, valid, arrived, _ = rows[place]
            best[owner] = max(best.get(owner, (-1, -1, -1)), (valid, arrived, place))
    return found


def shared(lab: Lab) -> Seat:
    """The one process of all small checks."""
    seat: Seat = lab.once("seat", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    return seat


def expect_values(lab: Lab, events: list[Event], rows: list[Row], wanted: list[float | None], what: str) -> None:
    """The same values, of the same types."""
    found = lab.call("history:as_of", events, rows, seat=shared(lab))
    plain = isinstance(found, list) and len(found) == len(events)
    lab.expect(plain, f"{what}: as_of() must return a list with one value for each of {len(events)} events")
    wrong = [place for place, value in enumerate(wanted) if repr(found[place]) != repr(value)]
    if wrong:
        at = wrong[0]
        said = f"{events[at]} got {found[at]}, expected {wanted[at]}"
        lab.expect(False, f"{what}: {len(wrong)} of {len(events)} values wrong; {said}")


def some(seed: int, *, late: int, early: int, span: int) -> tuple[list[Event], list[Row]]:
    """A small history: rows arrive up to *late* after they are valid, or up to *early* before."""
    rng = random.Random(seed)
    rows = []
    for number in range(rng.randrange(8, 40)):
        valid = rng.randrange(span)
        rows.append((rng.choice("abc"), valid, valid + rng.randint(-early, late), number / 4))
    events = [(rng.choice("abcd"), rng.randrange(-2, span + late)) for _ in range(30)]
    return events, rows


def expect_all(lab: Lab, seeds: range, what: str, *, late: int, early: int, span: int) -> str:
    """Several small histories."""
    for seed in seeds:
        events, rows = some(seed, late=late, early=early, span=span)
        expect_values(lab, events, rows, plainly(events, rows), what)
    return f"{len(seeds)} histories right"


@check("contract", visible=True)
def rows_that_arrive_at_once(lab: Lab) -> str:
    rows = [("ann", 10, 10, 1.5), ("bob", 5, 5, 7.0), ("ann", 20, 20, 2.5)]
    events = [("ann", 19), ("ann", 20), ("bob", 4), ("cem", 30), ("bob", 99)]
    expect_values(lab, events, rows, [1.5, 2.5, None, None, 7.0], "5 events")
    return "5 of 5 values right"


@check("known", visible=True)
def a_row_that_arrives_late(lab: Lab) -> str:
    rows = [("ann", 10, 10, 1.5), ("ann", 20, 35, 2.5)]
    expect_values(lab, [("ann", 30), ("ann", 35)], rows, [1.5, 2.5], "2 events")
    return "2 of 2 values right"


@check("contract")
def events_in_any_order(lab: Lab) -> str:
    rng = random.Random(3)
    rows = [("abc"[number % 3], 5 * number, 5 * number, number / 2) for number in range(30)]
    rng.shuffle(rows)
    events = [(rng.choice("abcd"), rng.randrange(-5, 160)) for _ in range(60)]
    expect_values(lab, events, rows, plainly(events, rows), "rows that arrive at once")
    expect_values(lab, [], rows, [], "no events")
    expect_values(lab, events[:3], [], [None] * 3, "no rows")
    return "60 of 60 values right"


@check("known")
def late_rows_are_not_seen_before(lab: Lab) -> str:
    return expect_all(lab, range(100, 112), "rows that arrive late", late=300, early=0, span=1000)


@check("known")
def early_rows_are_not_used_before(lab: Lab) -> str:
    return expect_all(lab, range(200, 212), "rows that arrive early or late", late=200, early=300, span=1000)


@check("ties")
def corrections_and_equal_times(lab: Lab) -> str:
    return expect_all(lab, range(300, 330), "equal times and corrections", late=4, early=2, span=6)


@check("ties")
def a_value_of_nothing_is_a_value(lab: Lab) -> str:
    rows = [("ann", 10, 10, 3.0), ("ann", 12, 12, 0.0), ("", 0, 0, -1.0), ("ann", 11, 14, 9.0)]
    expect_values(lab, [("ann", 12), ("ann", 15), ("", 0), ("ann", 15)], rows, [0.0, 0.0, -1.0, 0.0], "4 events")
    return "4 of 4 values right"


@check("known")
def the_training_set_has_what_was_known(lab: Lab) -> str:
    events, rows = some(17, late=300, early=0, span=900)
    labels = [number % 2 for number in range(len(events))]
    wanted = [(value, label) for value, label in zip(plainly(events, rows), labels, strict=True) if value is not None]
    found = lab.call("training:training_set", events, labels, rows, seat=shared(lab))
    lab.expect(found == wanted, f"training_set(): {len(wanted)} pairs expected, got others")
    return f"{len(wanted)} of {len(wanted)} pairs right"


def long_history(size: int) -> tuple[list[Event], list[Row], list[float | None]]:
    """So many events and rows, and the values."""
    rng = random.Random(99)
    rows = []
    for number in range(size):
        valid = rng.randrange(1_000_000)
        rows.append(("ann" if number % 5 else "bob", valid, valid + rng.randrange(-50_000, 900_000), float(number)))
    events = [("ann" if number % 5 else "bob", rng.randrange(1_500_000)) for number in range(size)]
    return events, rows, swept(events, rows)


LONG = long_history(15_000)  # made once, not for each submission


@check("scale")
def a_long_history(lab: Lab) -> str:
    events, rows, wanted = LONG
    expect_values(lab, events, rows, wanted, f"{len(events)} events and as many rows")
    return f"{len(events)} of {len(events)} values right"
