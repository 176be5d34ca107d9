"""Every view is asked by one practice for what belongs to another one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

SCHEMA = """
CREATE TABLE clinic_practice (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL,
    key varchar(64) NOT NULL UNIQUE);
CREATE TABLE clinic_owner (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL);
CREATE TABLE clinic_patient (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL, chip varchar(20) NOT NULL,
    owner_id bigint NOT NULL REFERENCES clinic_owner (id), practice_id bigint NOT NULL REFERENCES clinic_practice (id));
CREATE TABLE clinic_visit (id integer PRIMARY KEY AUTOINCREMENT, day date NOT NULL, cents integer unsigned NOT NULL,
    patient_id bigint NOT NULL REFERENCES clinic_patient (id));
CREATE INDEX patient_chip ON clinic_patient (chip);
"""
HILL, LAKE, NEW = 1, 2, 3
KEYS = {HILL: "hill-5d0c7e", LAKE: "lake-b19f42", NEW: "new-77aa03"}
TABLES = ("clinic_practice", "clinic_owner", "clinic_patient", "clinic_visit")


@dataclass
class Animal:
    number: int
    practice: int
    owner: int
    name: str
    chip: str
    visits: dict[int, int]


class World:
    """Two practices with animals, some of them of the same owners, and one that has just begun."""

    def __init__(self, seed: int, practices: tuple[int, ...]) -> None:
        rng = random.Random(seed)
        self.owners = {number: f"{name} {rng.randrange(10**6):06d}" for number, name in PEOPLE.items()}
        self.animals: list[Animal] = []
        numbers = iter(rng.sample(range(100, 999), 60))
        for practice in practices:
            for owner, count in ANIMALS[practice]:
                name = f"{rng.choice(PETS)} {rng.randrange(10**6):06d}"
                visits = {next(numbers): rng.randrange(1000, 90_000) for _ in range(count)}
                chip = f"276{rng.randrange(10**9):09d}"
                self.animals.append(Animal(next(numbers), practice, owner, name, chip, visits))
        if LAKE in practices:
            here, there = self.animals[MOVED], self.animals[len(ANIMALS[HILL])]
            here.chip = there.chip
            there.number, here.number = sorted((here.number, there.number))  # the neighbour's comes first
        self.database = Database(
            SCHEMA,
            [
                ("INSERT INTO clinic_practice (id, name, key) VALUES (?, 'Practice', ?)", KEYS.items()),
                ("INSERT INTO clinic_owner (id, name) VALUES (?, ?)", self.owners.items()),
                (
                    "INSERT INTO clinic_patient (id, practice_id, owner_id, name, chip) VALUES (?, ?, ?, ?, ?)",
                    [(one.number, one.practice, one.owner, one.name, one.chip) for one in self.animals],
                ),
                (
                    "INSERT INTO clinic_visit (id, day, patient_id, cents) VALUES (?, '2026-02-03', ?, ?)",
                    [(visit, one.number, cents) for one in self.animals for visit, cents in one.visits.items()],
                ),
            ],
        )

    def of(self, practice: int) -> list[Animal]:
        return sorted((one for one in self.animals if one.practice == practice), key=lambda one: one.number)

    def shown(self, one: Animal) -> dict[str, Any]:
        visits, owner = sorted(one.visits), self.owners[one.owner]
        return {"id": one.number, "name": one.name, "chip": one.chip, "owner": owner, "visits": visits}

    def owner_page(self, practice: int, owner: int) -> dict[str, Any]:
        names = sorted(one.name for one in self.of(practice) if one.owner == owner)
        return {"name": self.owners[owner], "patients": names}

    def statistics(self, practice: int) -> dict[str, Any]:
        own = self.of(practice)
        cents = [each for one in own for each in one.visits.values()]
        counts = sorted((-sum(one.owner == owner for one in own), self.owners[owner]) for owner in self.owners)
        best = counts[0][1] if counts[0][0] else None
        return {"patients": len(own), "best_owner": best, "visits": len(cents), "cents": sum(cents)}

    def rows(self) -> dict[str, list[Any]]:
        return {table: self.database.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}

    def secrets(self, practice: int) -> list[str]:
        """What an answer to *practice* must not have in it."""
        here = {one.owner for one in self.of(practice)}
        others = [one for one in self.animals if one.practice != practice]
        names = [self.owners[one.owner] for one in others if one.owner not in here]
        return [one.name for one in others] + names


PEOPLE = {1: "Birgit", 2: "Greta", 3: "Abel", 7: "Carla", 9: "Deniz"}
ANIMALS = {
    HILL: ((7, 0), (7, 1), (2, 3), (1, 4), (2, 0)),
    LAKE: ((1, 2), (1, 0), (9, 1), (2, 2), (9, 0), (1, 1)),
}
"""The animals of each practice: owner, number of visits. Owners 1 and 2 go to both, 3 to none."""
MOVED = 3
"""The animal on the hill that has a file at the lake too, where it is the first."""
PETS = ("Bella", "Rex", "Minka", "Toby", "Nala", "Oskar", "Lotte", "Bruno")


def world(lab: Lab) -> tuple[World, Service]:
    """Several practices, and one process for all checks."""

    def begin() -> tuple[World, Service]:
        made = World(5, (HILL, LAKE))
        return made, lab.service("config.asgi:application", database=made.database, start=False)

    return lab.once("world", begin)


def asked(service: Service, practice: int, path: str, method: str = "GET", body: Any = None) -> Response:
    return service.request(method, path, headers={"X-Api-Key": KEYS[practice]}, json_body=body)


def same(lab: Lab, answer: Response, wanted: Any) -> None:
    found = answer.expect(200).json()
    lab.expect(found == wanted, f"{answer.asked} gave {str(found)[:400]}, expected {str(wanted)[:400]}")


def pages(made: World, practice: int) -> dict[str, Any]:
    """The views that read, with what they must show to *practice*."""
    own = made.of(practice)
    wanted: dict[str, Any] = {"/patients": {"patients": [made.shown(one) for one in own]}}
    for one in own[:3]:
        wanted |= {f"/patients/{one.number}": made.shown(one), f"/chips/{one.chip}": made.shown(one)}
        wanted[f"/owners/{one.owner}"] = made.owner_page(practice, one.owner)
        for visit, cents in [*one.visits.items()][:1]:
            wanted[f"/visits/{visit}"] = {"id": visit, "patient": one.name, "cents": cents}
    return wanted


def readable(lab: Lab, made: World, service: Service, practice: int) -> int:
    wanted = pages(made, practice)
    for path, content in wanted.items():
        same(lab, asked(service, practice, path), content)
    for text in (made.of(practice)[0].name[:3], made.of(practice)[1].name[-4:], made.of(practice)[2].chip):
        found = [made.shown(one) for one in made.of(practice) if text in one.name or text == one.chip]
        same(lab, asked(service, practice, f"/patients/search?q={text}"), {"patients": found})
    return len(wanted)


@check("contract", visible=True)
def a_practice_by_itself(lab: Lab) -> str:
    made = World(3, (HILL,))
    service = lab.service("config.asgi:application", database=made.database, start=False)
    try:
        count = readable(lab, made, service, HILL)
        same(lab, asked(service, HILL, "/statistics"), made.statistics(HILL))
        written(lab, made, service, HILL)
    finally:
        lab.end(service.seat)
    return f"{count} pages, the statistics, a new name, a visit more and one less"


def written(lab: Lab, made: World, service: Service, practice: int) -> None:
    """Its own files can be changed, and only what is meant is changed."""
    one = next(one for one in made.of(practice) if len(one.visits) > 1)
    one.name = f"Sir {one.name}"
    same(lab, asked(service, practice, f"/patients/{one.number}", "POST", {"name": one.name}), made.shown(one))
    said = {"patient": one.number, "day": "2026-03-01", "cents": 4200}
    answer = asked(service, practice, "/visits", "POST", said).expect(201)
    new = answer.fields().get("id")
    lab.expect(isinstance(new, int), f"POST /visits gave {answer.text[:100]}, expected the id of the visit")
    one.visits[new] = 4200
    gone = min(one.visits)
    del one.visits[gone]
    asked(service, practice, f"/visits/{gone}", "DELETE").expect(204)
    same(lab, asked(service, practice, f"/patients/{one.number}"), made.shown(one))
    kept = [(visit, cents) for visit, cents in sorted(one.visits.items())]
    found = made.database.rows("SELECT id, cents FROM clinic_visit WHERE patient_id = ? ORDER BY id", one.number)
    lab.expect(found == kept, f"the visits of patient {one.number} are {found}, expected {kept}")


@check("contract")
def each_practice_has_its_list(lab: Lab) -> str:
    made, service = world(lab)
    for practice in (HILL, LAKE):
        same(lab, asked(service, practice, "/patients"), pages(made, practice)["/patients"])
    same(lab, asked(service, NEW, "/patients"), {"patients": []})
    for headers in ({}, {"X-Api-Key": ""}, {"X-Api-Key": "hill"}):
        service.get("/patients", headers=headers).expect(401)
    asked(service, HILL, "/patients/1").expect(404)
    return "three lists, and 401 without a key"


def closed(lab: Lab, made: World, answer: Response, practice: int) -> None:
    told = [secret for secret in made.secrets(practice) if secret in answer.text]
    lab.expect(not told, f"{answer.asked} was answered with something of another practice's ({len(told)} names)")
    lab.expect(answer.status == 404, f"{answer.asked}, which is another practice's, gave {answer.status}, expected 404")


@check("reads")
def nothing_of_another_practice_is_shown(lab: Lab) -> str:
    made, service = world(lab)
    tried = 0
    for practice, other in ((HILL, LAKE), (LAKE, HILL), (NEW, HILL)):
        if practice != NEW:
            readable(lab, made, service, practice)
        here = {one.owner for one in made.of(practice)}
        chips = {one.chip for one in made.of(practice)}
        for one in made.of(other)[: 2 if practice == NEW else None]:
            paths = [f"/patients/{one.number}", *(f"/visits/{visit}" for visit in [*one.visits][:1])]
            paths += [f"/chips/{one.chip}"] if one.chip not in chips else []
            paths += [f"/owners/{one.owner}"] if one.owner not in here else []
            for path in paths:
                closed(lab, made, asked(service, practice, path), practice)
            tried += len(paths)
        foreign = made.of(other)[-1]
        if foreign.chip not in chips:
            same(lab, asked(service, practice, f"/patients/search?q={foreign.chip}"), {"patients": []})
    return f"0 of {tried} files of others were shown"


@check("sums")
def nothing_of_another_practice_is_counted(lab: Lab) -> str:
    made, service = world(lab)
    for practice in (HILL, LAKE, NEW):
        same(lab, asked(service, practice, "/statistics"), made.statistics(practice))
    return "three statistics"


@check("writes")
def nothing_of_another_practice_is_changed(lab: Lab) -> str:
    made, service = world(lab)
    tried = 0
    for practice, other in ((HILL, LAKE), (LAKE, HILL), (NEW, LAKE)):
        before = made.rows()
        for one in [one for one in made.of(other) if one.visits][:2]:
            said = {"patient": one.number, "day": "2026-03-01", "cents": 1}
            answers = [asked(service, practice, f"/patients/{one.number}", "POST", {"name": "mine"})]
            answers += [asked(service, practice, "/visits", "POST", said)]
            answers += [asked(service, practice, f"/visits/{visit}", "DELETE") for visit in [*one.visits][:1]]
            after = made.rows()
            changed = [name for name in TABLES if before[name] != after[name]]
            lab.expect(not changed, f"practice {practice} has changed rows of practice {other}, in {changed}")
            for answer in answers:
                closed(lab, made, answer, practice)
            tried += len(answers)
        absent = {"patient": 9_999_999, "day": "2026-03-01", "cents": 1}
        asked(service, practice, "/visits", "POST", absent).expect(404)
    for practice in (HILL, LAKE):
        written(lab, made, service, practice)
    return f"0 of {tried} changes in files of others were made"


@check("apart")
def two_practices_at_the_same_moment(lab: Lab) -> str:
    made, service = world(lab)
    tried = 0
    wanted = pages(made, HILL)
    some = [next(path for path in wanted if path.startswith(each)) for each in KINDS]
    for path in some:
        for at in range(2, 5):
            if not interrupted(lab, made, service, path, at, wanted[path]):
                break
            tried += 1
    return f"{tried} requests interrupted by one of another practice"


KINDS = ("/patients/", "/owners/", "/visits/")


def interrupted(lab: Lab, made: World, service: Service, path: str, at: int, wanted: Any) -> bool:
    """Hold the request's statement *at*, let another practice ask meanwhile, and go on; False when there is none."""
    database, mine, count = made.database, list[int](), [0]

    def hold(_sql: str, connection: int) -> bool:
        if not mine:
            mine.append(connection)
        count[0] += connection == mine[0]
        return connection == mine[0] and count[0] == at

    database.hold = hold
    exchange = service.begin("GET", path, headers={"X-Api-Key": KEYS[HILL]})
    service.until(lambda: bool(database.held) or exchange.done)
    database.hold = None
    was_held = bool(database.held)
    if was_held:
        other = next(path for path in pages(made, LAKE) if path.startswith("/visits/"))
        same(lab, asked(service, LAKE, other), pages(made, LAKE)[other])
        database.release()
    answer = exchange.wait()
    told = (
        f"{path}, while another practice asked, gave {answer.status} {answer.text[:200]}, expected {str(wanted)[:200]}"
    )
    lab.expect(answer.status == 200 and answer.json() == wanted, told)
    return was_held
