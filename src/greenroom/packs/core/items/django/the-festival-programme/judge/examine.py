"""A day's programme: what is in it, and how many statements and rows it costs."""

import random
from datetime import date, timedelta

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Service

SCHEMA = """
CREATE TABLE festival_director (id integer PRIMARY KEY AUTOINCREMENT, name varchar(80) NOT NULL);
CREATE TABLE festival_hall (id integer PRIMARY KEY AUTOINCREMENT, name varchar(40) NOT NULL,
    seats smallint unsigned NOT NULL);
CREATE TABLE festival_film (id integer PRIMARY KEY AUTOINCREMENT, title varchar(120) NOT NULL,
    minutes smallint unsigned NOT NULL, director_id bigint NOT NULL REFERENCES festival_director (id));
CREATE TABLE festival_screening (id integer PRIMARY KEY AUTOINCREMENT, day date NOT NULL, starts time NOT NULL,
    film_id bigint NOT NULL REFERENCES festival_film (id), hall_id bigint NOT NULL REFERENCES festival_hall (id));
CREATE TABLE festival_guest (id integer PRIMARY KEY AUTOINCREMENT, name varchar(80) NOT NULL, confirmed bool NOT NULL,
    screening_id bigint NOT NULL REFERENCES festival_screening (id));
CREATE INDEX screening_day ON festival_screening (day);
CREATE INDEX screening_film ON festival_screening (film_id);
CREATE INDEX guest_screening ON festival_guest (screening_id);
"""
FIRST = date(2026, 6, 12)
LENGTHS = (4, 40, 12, 90, 0, 25)
COMING, SILENT = 2, 13
"""Guests of a screening that has any: who comes, and who has not answered."""
SPARE_ROWS = 60


def day(number: int) -> str:
    return (FIRST + timedelta(days=number)).isoformat()


class Festival:
    """Days of `LENGTHS` screenings each, and what their programmes must show."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        people = [f"{first} {last}" for first in NAMES for last in ("Ono", "Berg", "Cruz", "Diaz", "Eke")]
        directors = [(n, f"{rng.choice(people)} {n}") for n in range(1, 31)]
        films = [(n, f"{rng.choice(WORDS)} {rng.choice(WORDS)} {n}", rng.randint(1, 30)) for n in range(1, 61)]
        halls = [(n, f"Hall {rng.choice(WORDS)} {n}") for n in range(1, 6)]
        screenings, guests = [], []
        for at, length in enumerate(LENGTHS):
            for one in range(length):
                film, hall = rng.choice(films), rng.choice(halls)
                starts = f"{rng.randint(10, 22):02d}:{rng.choice((0, 15, 30)):02d}:00"
                number = rng.randrange(10**6) * 1000 + len(screenings)
                screenings.append((number, day(at), starts, film[0], hall[0]))
                if one % 4 == 1:
                    continue
                invited = rng.sample(people, COMING + SILENT)
                guests += [(name, place < COMING, number) for place, name in enumerate(invited)]
        rng.shuffle(guests)
        self.directors, self.halls = dict(directors), dict(halls)
        self.films = {n: (title, director) for n, title, director in films}
        self.screenings, self.guests = screenings, guests
        self.database = Database(
            SCHEMA,
            [
                ("INSERT INTO festival_director (id, name) VALUES (?, ?)", directors),
                ("INSERT INTO festival_hall (id, name, seats) VALUES (?, ?, 90)", halls),
                ("INSERT INTO festival_film (id, title, director_id, minutes) VALUES (?, ?, ?, 100)", films),
                (
                    "INSERT INTO festival_screening (id, day, starts, film_id, hall_id) VALUES (?, ?, ?, ?, ?)",
                    screenings,
                ),
                ("INSERT INTO festival_guest (name, confirmed, screening_id) VALUES (?, ?, ?)", guests),
            ],
        )

    def programme(self, at: int) -> list[dict[str, object]]:
        coming: dict[int, list[str]] = {}
        for name, confirmed, screening in self.guests:
            if confirmed:
                coming.setdefault(screening, []).append(name)
        own = sorted((one for one in self.screenings if one[1] == day(at)), key=lambda one: (one[2], one[0]))
        return [
            {
                "id": number,
                "starts": starts[:5],
                "film": self.films[film][0],
                "director": self.directors[self.films[film][1]],
                "hall": self.halls[hall],
                "guests": sorted(coming.get(number, [])),
            }
            for number, _, starts, film, hall in own
        ]

    def coming_on(self, at: int) -> int:
        return sum(len(one["guests"]) for one in self.programme(at))  # type: ignore[arg-type]


NAMES = ("Ada", "Bo", "Cem", "Dora", "Emil", "Fay", "Gus", "Hana")
WORDS = ("Amber", "Brook", "Cinder", "Dust", "Ember", "Fable", "Glass", "Harbour", "Iron", "June", "Kite", "Lantern")


def festival(lab: Lab) -> tuple[Festival, Service]:
    """One process for all checks."""

    def begin() -> tuple[Festival, Service]:
        made = Festival(11)
        return made, lab.service("config.asgi:application", database=made.database, start=False)

    return lab.once("festival", begin)


def shown(lab: Lab, at: int) -> tuple[int, int]:
    """How many statements and rows the programme of day *at* costs; it is right."""
    made, service = festival(lab)
    before = made.database.fetched
    with made.database.counted() as statements:
        answer = service.get("/programme", query={"day": day(at)}).expect(200).fields()
    wanted = made.programme(at)
    found = answer.get("screenings")
    lab.expect(isinstance(found, list), f"got {str(answer)[:200]}, expected a list of screenings")
    lab.expect(len(found) == len(wanted), f"{len(found)} screenings on {day(at)}, expected {len(wanted)}")
    for one, other in zip(found, wanted, strict=True):
        lab.expect(one == other, f"got {str(one)[:300]}, expected {str(other)[:300]}")
    lab.expect(statements, "the programme was made without asking the database")
    return len(statements), made.database.fetched - before


@check("contract", visible=True)
def a_day_of_four_screenings(lab: Lab) -> str:
    statements, rows = shown(lab, 0)
    return f"{statements} statements and {rows} rows for 4 screenings"


@check("contract")
def what_is_shown_is_what_is_there(lab: Lab) -> str:
    made, service = festival(lab)
    shown(lab, 4)
    shown(lab, 2)
    first = made.programme(2)[0]["id"]
    for at, (name, confirmed, screening) in enumerate(made.guests):
        if screening == first:
            made.guests[at] = (name, not confirmed, screening)
    made.database.execute("UPDATE festival_guest SET confirmed = NOT confirmed WHERE screening_id = ?", first)
    made.directors = {number: f"Sir {name}" for number, name in made.directors.items()}
    made.database.execute("UPDATE festival_director SET name = 'Sir ' || name")
    shown(lab, 2)
    service.get("/programme", query={"day": "soon"}).expect(400)
    return "an empty day, a day of 12, and the same day after guests have changed their minds"


def costs(lab: Lab) -> list[tuple[int, int]]:
    return lab.once("costs", lambda: [shown(lab, at) for at in (0, 5, 1, 3)])


@check("constant")
def a_long_day_costs_as_many_statements_as_a_short_one(lab: Lab) -> str:
    counts = [statements for statements, _ in costs(lab)]
    told = f"{', '.join(map(str, counts))} statements for days of 4, 25, 40 and 90 screenings"
    lab.expect(len(set(counts)) == 1, f"{told}, expected the same number")
    return told


@check("two")
def two_statements_are_enough(lab: Lab) -> str:
    most = max(statements for statements, _ in costs(lab))
    lab.expect(most <= 2, f"{most} statements for a day, budget 2")
    return f"{most} statements for a day, budget 2"


@check("lean")
def only_what_is_shown_is_read(lab: Lab) -> str:
    made, _ = festival(lab)
    rows = costs(lab)[2][1]
    # A screening, what belongs to it if that is loaded apart, and its guests.
    budget = 2 * LENGTHS[1] + made.coming_on(1) + SPARE_ROWS
    lab.expect(rows <= budget, f"{rows} rows read for 40 screenings with {made.coming_on(1)} guests, budget {budget}")
    return f"{rows} rows read for 40 screenings, budget {budget}"
