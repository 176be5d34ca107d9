"""Values of a feature as they were at the time of past events."""

from shapes import Event, Row


def as_of(events: list[Event], rows: list[Row]) -> list[float | None]:
    """Return the value that each of *events* gets, None where there is none."""
    usable_from = sorted(range(len(rows)), key=lambda place: max(rows[place][1], rows[place][2]))
    best: dict[str, tuple[int, int, int]] = {}
    found: list[float | None] = [None] * len(events)
    next_row = 0
    for number in sorted(range(len(events)), key=lambda number: events[number][1]):
        customer, at = events[number]
        while next_row < len(rows):
            place = usable_from[next_row]
            owner, valid_from, arrived, _ = rows[place]
            if max(valid_from, arrived) > at:
                break
            rank = (valid_from, arrived, place)
            if owner not in best or rank > best[owner]:
                best[owner] = rank
            next_row += 1
        if customer in best:
            found[number] = rows[best[customer][2]][3]
    return found
