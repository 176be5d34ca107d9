"""The courier is played here: he looks each parcel up in the database while he is on the telephone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service
from greenroom.judge.probes.upstream import Call, Upstream

SCHEMA = """
CREATE TABLE parcels_account (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL, credit integer NOT NULL);
CREATE TABLE parcels_parcel (id integer PRIMARY KEY AUTOINCREMENT, reference varchar(30) NOT NULL UNIQUE,
    cents integer unsigned NOT NULL, courier varchar(10) NOT NULL,
    account_id bigint NOT NULL REFERENCES parcels_account (id));
CREATE INDEX parcel_account ON parcels_parcel (account_id);
"""
CREDIT = {1: 100_000, 2: 100_000, 3: 1_000, 4: 0}


@dataclass
class Post:
    """The database, the courier, and what he was asked: the parcel's number, and its reference if he could see it."""

    database: Database = field(
        default_factory=lambda: Database(
            SCHEMA, [("INSERT INTO parcels_account (id, credit, name) VALUES (?, ?, 'shop')", CREDIT.items())]
        )
    )
    asked: list[tuple[Any, str | None]] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    refuses_all: bool = False

    def __post_init__(self) -> None:
        self.courier = Upstream(self.answer)

    def answer(self, call: Call) -> tuple[int, Any]:
        try:
            number = int(json.loads(call.body)["parcel"])
        except (ValueError, TypeError, KeyError, OverflowError):
            number = 0
        seen = (
            self.database.rows("SELECT reference FROM parcels_parcel WHERE id = ?", number)
            if 0 < number < 1 << 60
            else []
        )
        reference = seen[0][0] if seen else None
        self.asked.append((number, reference))
        return (503, {}) if self.refuses_all or reference in self.refuses else (201, {})

    def stored(self, reference: str) -> tuple[Any, ...] | None:
        rows = self.database.rows("SELECT id, cents, courier FROM parcels_parcel WHERE reference = ?", reference)
        return rows[0] if rows else None

    def credit(self, account: int) -> int:
        return int(self.database.rows("SELECT credit FROM parcels_account WHERE id = ?", account)[0][0])


def post(lab: Lab) -> tuple[Post, Service]:
    """One process for all checks; nobody remembers what was asked before."""

    def begin() -> tuple[Post, Service]:
        made = Post()
        service = lab.service("config.asgi:application", database=made.database, upstream=made.courier, start=False)
        return made, service

    made, service = lab.once("post", begin)
    made.asked.clear()
    made.refuses, made.refuses_all = set(), False
    return made, service


def take(service: Service, reference: str, cents: int = 450, account: int = 1) -> Response:
    return service.post("/parcels", {"account": account, "reference": reference, "cents": cents})


def batch(service: Service, wanted: dict[str, int], account: int = 1, limit: int = 1_000_000) -> Response:
    parcels = [{"reference": reference, "cents": cents} for reference, cents in wanted.items()]
    return service.post("/parcels/batch", {"account": account, "limit": limit, "parcels": parcels})


def journeys(lab: Lab, made: Post, references: list[str], what: str) -> None:
    """The courier was asked once for each of *references*, which he could see, and for nothing else."""
    told = [f"{number} ({reference or 'not to be seen'})" for number, reference in made.asked]
    numbers = {reference: made.stored(reference) for reference in references}
    lab.expect(all(numbers.values()), f"{what}: not all of {references} are stored")
    wanted = sorted(row[0] for row in numbers.values() if row)
    found = sorted(number for number, _ in made.asked if isinstance(number, int))
    lab.expect(
        len(made.asked) == len(wanted),
        f"{what}: the courier was asked {len(made.asked)} times ({', '.join(told)}), expected {len(wanted)}",
    )
    lab.expect(found == wanted, f"{what}: the courier was asked for {', '.join(told)}, expected {wanted}")
    unseen = [number for number, reference in made.asked if reference is None]
    lab.expect(not unseen, f"{what}: the courier could not see {len(unseen)} of {len(wanted)} when he was asked")


@check("contract", visible=True)
def a_parcel_and_a_batch(lab: Lab) -> str:
    made, service = post(lab)
    number = take(service, "V-1").expect(201).fields().get("id")
    found = service.get("/parcels/V-1").expect(200).json()
    wanted = {"id": number, "cents": 450, "courier": "booked"}
    lab.expect(found == wanted, f"GET /parcels/V-1 gave {found}, expected {wanted}")
    answer = batch(service, {"V-2": 100, "V-3": 200}).expect(200).json()
    lab.expect(answer == {"taken": ["V-2", "V-3"], "refused": []}, f"the batch gave {answer}")
    asked = sorted(number for number, _ in made.asked if isinstance(number, int))
    numbers = sorted(made.stored(one)[0] for one in ("V-1", "V-2", "V-3") if made.stored(one))
    lab.expect(asked == numbers, f"the courier was asked for {asked}, expected {numbers}")
    return f"the courier was asked {len(asked)} times for 3 parcels"


@check("contract")
def refusals_take_nothing(lab: Lab) -> str:
    made, service = post(lab)
    before = made.credit(1)
    take(service, "C-1", 500).expect(201)
    take(service, "C-1", 100).expect(409)
    take(service, "C-2", 1_001, account=3).expect(402)
    answer = batch(service, {"C-3": 300, "C-1": 1, "C-4": 900, "C-5": 700}, account=3).expect(200).json()
    wanted = {"taken": ["C-3", "C-5"], "refused": ["C-1", "C-4"]}
    lab.expect(answer == wanted, f"the batch gave {answer}, expected {wanted}")
    batch(service, {"C-6": 400, "C-7": 400}, limit=700).expect(402)
    left = [one for one in ("C-2", "C-4", "C-6", "C-7") if made.stored(one)]
    lab.expect(not left, f"{left} are stored, though they were refused")
    service.get("/parcels/C-6").expect(404)
    spent = (before - made.credit(1), 1_000 - made.credit(3))
    lab.expect(spent == (500, 1_000), f"the accounts have paid {spent}, expected (500, 1000)")
    return "three parcels taken, six refusals"


@check("never")
def nobody_is_sent_for_a_parcel_that_was_refused(lab: Lab) -> str:
    made, service = post(lab)
    take(service, "N-1", 1, account=4).expect(402)
    journeys(lab, made, [], "a parcel that could not be paid")
    take(service, "N-2").expect(201)
    made.asked.clear()
    take(service, "N-2").expect(409)
    journeys(lab, made, [], "a reference that was used before")
    batch(service, {"N-2": 5, "N-3": 5}).expect(200)
    lab.expect(len(made.asked) == 1, f"a batch with one of two refused: the courier was asked {len(made.asked)} times")
    made.asked.clear()
    batch(service, {"N-4": 1, "N-5": 1}, account=4).expect(200)
    journeys(lab, made, [], "a batch that could not be paid")
    batch(service, {"N-6": 400, "N-7": 400}, limit=700).expect(402)
    journeys(lab, made, [], "a batch above its limit")
    take(service, "N-8").expect(201)
    asked = len(made.asked)
    lab.expect(asked == 1, f"a parcel after refused ones: the courier was asked {asked} times, expected once")
    return "0 journeys for 6 refused parcels"


@check("once")
def once_for_each_that_is_stored(lab: Lab) -> str:
    made, service = post(lab)
    take(service, "O-1").expect(201)
    journeys(lab, made, ["O-1"], "one parcel")
    made.asked.clear()
    several = {f"O-{number}": number for number in range(2, 8)}
    batch(service, several).expect(200)
    journeys(lab, made, [*several], "a batch of six")
    batch(service, {"O-8": 400, "O-9": 400}, limit=700).expect(402)
    made.asked.clear()
    take(service, "O-10", account=2).expect(201)
    journeys(lab, made, ["O-10"], "a parcel after a batch that was refused")
    made.asked.clear()
    batch(service, {"O-10": 1, "O-11": 2, "O-1": 3, "O-12": 4}, account=2).expect(200)
    journeys(lab, made, ["O-11", "O-12"], "a batch with two of four refused")
    states = {one: (made.stored(one) or (0, 0, ""))[2] for one in ("O-1", *several, "O-10", "O-11", "O-12")}
    lab.expect(set(states.values()) == {"booked"}, f"the parcels say {states}, expected booked")
    return "10 journeys for 10 parcels, all of which could be seen"


@check("down")
def the_courier_does_not_come(lab: Lab) -> str:
    made, service = post(lab)
    made.refuses_all = True
    told = "a parcel for which the courier refuses"
    status = take(service, "D-1").status
    lab.expect(status == 201, f"{told} was answered {status}, expected 201")
    state(lab, service, "D-1", "failed")
    lab.expect(len(made.asked) == 1, f"{told}: he was asked {len(made.asked)} times, expected once")
    made.asked.clear()
    made.refuses_all, made.refuses = False, {"D-3"}
    answer = batch(service, {"D-2": 1, "D-3": 2, "D-4": 3, "D-5": 4}).expect(200).fields()
    lab.expect(answer.get("refused") == [], f"a batch with one of four refused by the courier gave {answer}")
    lab.expect(len(made.asked) == 4, f"he was asked {len(made.asked)} times for a batch of 4 of which he refuses one")
    for reference in ("D-2", "D-3", "D-4", "D-5"):
        state(lab, service, reference, "failed" if reference == "D-3" else "booked")
    made.courier.held = True
    exchange = service.begin("POST", "/parcels", json_body={"account": 1, "reference": "D-6", "cents": 1})
    service.until(lambda: bool(made.courier.waiting) or exchange.done)
    made.courier.held = False
    for call in list(made.courier.waiting):
        made.courier.refuse(call)
    status = exchange.wait().status
    lab.expect(
        status == 201, f"a parcel for which the courier could not be reached was answered {status}, expected 201"
    )
    state(lab, service, "D-6", "failed")
    return "6 parcels taken, 3 booked, 3 failed"


def state(lab: Lab, service: Service, reference: str, wanted: str) -> None:
    found = service.get(f"/parcels/{reference}").expect(200).fields().get("courier")
    lab.expect(found == wanted, f"the courier's state of {reference} is {found!r}, expected {wanted!r}")


@check("free")
def others_write_while_the_courier_thinks(lab: Lab) -> str:
    made, service = post(lab)
    courier, database = made.courier, made.database
    courier.held = True
    asked = []
    try:
        for at, reference in enumerate(("F-1", "F-2", "F-3"), 1):
            body = {"account": 1, "reference": reference, "cents": 10}
            asked.append(service.begin("POST", "/parcels", json_body=body))
            service.until(lambda at=at: len(courier.waiting) == at or asked[-1].done or database.blocked > 0)
            waits = database.blocked
            lab.expect(
                not waits, f"while the courier thinks about {at - 1} parcels, {reference} waits for the database"
            )
    finally:
        courier.held = False
        courier.release()
    for one in asked:
        one.wait().expect(201)
    return "3 parcels at once, none of them waited for the database"
