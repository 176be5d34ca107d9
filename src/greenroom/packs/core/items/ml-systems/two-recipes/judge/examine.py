"""Bookings that go through training and, one by one, through the service in another process."""

import json
import random
from datetime import UTC, datetime, timedelta, timezone
from statistics import fmean, median, stdev
from typing import Any

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import Seat

Row = dict[str, Any]
CHANNELS = ("web", "phone", "agency")
NAN = float("nan")


def value(row: Row, field: str) -> Any:
    """What is known of a field."""
    found = row.get(field)
    return None if found is None or found != found else found


def recipe(rows: list[Row], others: list[Row] = ()) -> list[list[float]]:
    """The features of *rows* and then of *others*, with what *rows* teach."""
    prices = [value(row, "price") for row in rows]
    middle = median(price for price in prices if price is not None)
    filled = [middle if price is None else price for price in prices]
    mean, spread = fmean(filled), stdev(filled)
    channels = sorted({value(row, "channel") for row in rows} - {None})
    found = []
    for row in [*rows, *others]:
        price, booked = value(row, "price"), datetime.fromisoformat(row["booked"]).astimezone(UTC)
        own = middle if price is None else price
        numbers = [(own - mean) / spread, price is None, round(own / 25), row["nights"], booked.hour]
        numbers += [booked.weekday() >= 5, *(value(row, "channel") == one for one in channels)]
        found.append([float(number) for number in numbers])
    return found


def booking(rng: random.Random, *, zones: tuple[int, ...] = (0,)) -> Row:
    """A booking with everything; the offset of its time is one of *zones*, in minutes."""
    zone = timezone(timedelta(minutes=rng.choice(zones)))
    booked = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(60 * 24 * 60))
    row = {
        "price": round(rng.uniform(40, 400), 2),
        "nights": rng.randrange(1, 15),
        "booked": booked.astimezone(zone).isoformat(),
        "channel": rng.choice(CHANNELS),
    }
    fields = list(row)
    rng.shuffle(fields)
    return {field: row[field] for field in fields}


def listed(found: Any, wanted: list[list[float]]) -> bool:
    """Whether it is lists of numbers of the right lengths."""
    plain = isinstance(found, list) and len(found) == len(wanted)
    return plain and all(
        isinstance(own, list) and len(own) == len(other) and all(type(one) in (int, float) for one in own)
        for own, other in zip(found, wanted, strict=True)
    )


def expect_same(lab: Lab, found: Any, wanted: list[list[float]], where: str) -> None:
    """The same numbers."""
    columns = len(wanted[0])
    lab.expect(listed(found, wanted), f"{where}: expected a list of {columns} floats for each booking")
    wrong = [
        (number, column)
        for number, (own, other) in enumerate(zip(found, wanted, strict=True))
        for column in range(columns)
        if not abs(own[column] - other[column]) <= 1e-6
    ]
    if wrong:
        number, column = wrong[0]
        bookings = len({one for one, _ in wrong})
        said = f"{found[number][column]:.6g} in column {column}, {wanted[number][column]:.6g} in training"
        lab.expect(False, f"{where}: {bookings} of {len(wanted)} bookings differ; number {number} has {said}")


def trained(lab: Lab, rows: list[Row]) -> str:
    """The state that training ships, as JSON."""
    seat: Seat = lab.once("training", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    found = lab.call("training:prepare", rows, seat=seat)
    lab.expect(isinstance(found, tuple | list) and len(found) == 2, "prepare() must return (table, state)")
    expect_same(lab, found[0], recipe(rows), "the table of prepare()")
    try:
        return json.dumps(found[1], allow_nan=False)
    except (TypeError, ValueError) as error:
        lab.expect(False, f"the state cannot be written as JSON: {error}")
        raise


def served(lab: Lab, state: str, rows: list[Row]) -> list[Any]:
    """What the service makes of *rows*, in a process that has never trained."""
    seat: Seat = lab.once("service", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    known = json.loads(state)
    return lab.calls("serving:features", [(row, known) for row in rows], seat=seat)


def expect_served(lab: Lab, rows: list[Row], others: list[Row]) -> str:
    """Trained on *rows*; *others* come in."""
    state = trained(lab, rows)
    wanted = recipe(rows, others)[len(rows) :]
    expect_same(lab, served(lab, state, others), wanted, "in the service")
    return f"{len(others)} of {len(others)} bookings have the same features"


@check("contract", visible=True)
def training_says_what_it_always_said(lab: Lab) -> str:
    rng = random.Random(1)
    rows = [booking(rng, zones=(0, 60, 120)) for _ in range(40)]
    for row in rows[::7]:
        row["price"] = None
    rows[3]["channel"], rows[4]["price"] = None, 62.5
    state = trained(lab, rows)
    return f"a table of {len(rows)} bookings, and a state of {len(state)} characters"


@check("plain", visible=True)
def bookings_with_everything(lab: Lab) -> str:
    rng = random.Random(2)
    rows = [booking(rng) for _ in range(30)]
    return expect_served(lab, rows, rows[:8])


@check("missing", visible=True)
def a_booking_without_a_price(lab: Lab) -> str:
    rng = random.Random(3)
    rows = [booking(rng) for _ in range(30)]
    return expect_served(lab, rows, [rows[0] | {"price": None}])


@check("plain")
def more_bookings_with_everything(lab: Lab) -> str:
    rng = random.Random(4)
    rows = [booking(rng) for _ in range(120)]
    return expect_served(lab, rows, [*rows[:15], *(booking(rng) for _ in range(25))])


@check("missing")
def bookings_with_gaps_and_new_channels(lab: Lab) -> str:
    rng = random.Random(5)
    rows = [booking(rng) for _ in range(80)]
    for row in rows[::9]:
        row["price"] = rng.choice([None, NAN])
    for row in rows[::11]:
        row["channel"] = None
    others = []
    for gap in ("price", "channel"):
        others += [booking(rng) | {gap: None} for _ in range(4)] + [booking(rng) | {gap: NAN} for _ in range(3)]
        others += [{field: one for field, one in booking(rng).items() if field != gap} for _ in range(4)]
    others += [booking(rng) | {"channel": channel} for channel in ("desk", "Web", "", "web ")]
    others += [booking(rng) | {"price": price} for price in (0, 0.0, 90)]
    return expect_served(lab, rows, others)


@check("times")
def bookings_from_everywhere(lab: Lab) -> str:
    rng = random.Random(6)
    zones = (-600, -210, 0, 60, 120, 345, 840)
    rows = [booking(rng, zones=zones) for _ in range(80)]
    others = [booking(rng, zones=zones) for _ in range(30)]
    others += [booking(rng) | {"booked": text} for text in ("2026-05-02T00:30:00+02:00", "2026-05-03T23:30:00-01:00")]
    others += [booking(rng) | {"booked": "2026-05-04T07:00:00Z"}]
    return expect_served(lab, rows, others)


@check("times")
def prices_on_the_edge_of_a_band(lab: Lab) -> str:
    rng = random.Random(7)
    rows = [booking(rng) for _ in range(60)]
    others = [booking(rng) | {"price": 12.5 * number} for number in range(1, 24)]
    return expect_served(lab, rows, others)


@check("shipped")
def two_models_are_in_service_at_once(lab: Lab) -> str:
    rng = random.Random(8)
    first = [booking(rng) for _ in range(40)]
    second = [booking(rng) for _ in range(50)]
    for row in second:
        row["price"] = round(row["price"] * 3 + 500, 2)
    states = [trained(lab, first), trained(lab, second)]
    others = [booking(rng) for _ in range(12)]
    for number, rows in ((0, first), (1, second), (0, first)):
        expect_same(lab, served(lab, states[number], others), recipe(rows, others)[len(rows) :], "with two states in turn")
    return "12 of 12 bookings have the same features with either state"
