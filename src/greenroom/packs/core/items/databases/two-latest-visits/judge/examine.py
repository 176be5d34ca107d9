"""The query on a few visits, on many ties, and on enough of them to tell one pass from a pass for each."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.growth import growth
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Answer, Sql

Visit = tuple[int, int, int]
MANY = 4000
MOST_STEPS = 1_500_000
SIZES = (150, 300, 600, 1200)
MOST_GROWTH = 1.5


def visits(seed: int, patients: int, count: int, days: int) -> list[Visit]:
    rng = random.Random(seed)
    numbers = rng.sample(range(1, 10 * count), count)
    return [(number, rng.randint(1, patients), rng.randrange(days)) for number in numbers]


def sheet(rows: list[Visit]) -> list[tuple[int, int, int, int | None]]:
    by_patient: dict[int, list[tuple[int, int]]] = {}
    for number, patient, day in rows:
        by_patient.setdefault(patient, []).append((day, number))
    found: list[tuple[int, int, int, int | None]] = []
    for patient in sorted(by_patient):
        order = sorted(by_patient[patient])
        for at in reversed(range(max(0, len(order) - 2), len(order))):
            day, number = order[at]
            found.append((patient, number, day, day - order[at - 1][0] if at else None))
    return found


def asked(lab: Lab, rows: list[Visit], most_steps: int = 50_000_000) -> Answer:
    database = Database(lab.text("schema.sql"), [("INSERT INTO visits VALUES (?, ?, ?)", rows)])
    return Sql(lab, "query.sql").query(database, most_steps=most_steps)


def answer(lab: Lab, rows: list[Visit], most_steps: int = 50_000_000) -> list[tuple]:
    return asked(lab, rows, most_steps).rows


def expect_rows(lab: Lab, found: list[tuple], wanted: list[tuple]) -> str:
    lab.expect(len(found) == len(wanted), f"{len(found)} rows, expected {len(wanted)}")
    wrong = next((at for at, (one, other) in enumerate(zip(found, wanted)) if one != other), None)
    if wrong is not None:
        lab.expect(False, f"row {wrong + 1} is {found[wrong]}, expected {wanted[wrong]}")
    return f"{len(found)} rows"


def expect_visits(lab: Lab, rows: list[Visit]) -> str:
    return expect_rows(lab, [row[:3] for row in answer(lab, rows)], [row[:3] for row in sheet(rows)])


@check("latest", visible=True)
def three_patients(lab: Lab) -> str:
    return expect_visits(lab, [(1, 7, 10), (2, 7, 14), (3, 7, 14), (4, 8, 3), (5, 9, 1), (6, 9, 20)])


@check("latest")
def visits_of_one_day_are_in_the_order_of_their_numbers(lab: Lab) -> str:
    return "; ".join(expect_visits(lab, visits(seed, 12, 90, 4)) for seed in (1, 2))


@check("latest")
def an_empty_table_and_single_visits(lab: Lab) -> str:
    return f"{expect_visits(lab, [])}; {expect_visits(lab, [(number, number, 5) for number in range(1, 9)])}"


@check("gap", visible=True)
def the_days_since_the_visit_before(lab: Lab) -> str:
    rows = [(1, 7, 10), (2, 7, 14), (3, 7, 19), (4, 8, 3)]
    return expect_rows(lab, answer(lab, rows), sheet(rows))


@check("gap")
def gaps_of_many_patients(lab: Lab) -> str:
    rows = visits(3, 25, 200, 60)
    return expect_rows(lab, answer(lab, rows), sheet(rows))


@check("one-pass")
def the_work_grows_no_faster_than_a_sort(lab: Lab) -> str:
    steps = []
    for size in SIZES:
        rows = visits(5, size // 3, size, 3000)
        found = asked(lab, rows)
        expect_rows(lab, found.rows, sheet(rows))
        steps.append(found.steps)
    grown = growth(SIZES, steps)
    lab.measure("growth", round(grown.exponent, 2))
    told = f"steps {grown.told}, budget {MOST_GROWTH}"
    lab.expect(grown.exponent <= MOST_GROWTH, told)
    return told


@check("one-pass")
def many_visits(lab: Lab) -> str:
    rows = visits(4, 1300, MANY, 3000)
    told = expect_rows(lab, answer(lab, rows, MOST_STEPS), sheet(rows))
    return f"{told} of {MANY:,} visits within {MOST_STEPS:,} steps"
