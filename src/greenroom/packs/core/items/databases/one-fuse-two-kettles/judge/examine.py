"""A house with two workers and one PostgreSQL: every order of their statements, and statements that overlap."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.playing import Run, trouble
from greenroom.judge.probes.postgres import Postgres
from greenroom.judge.probes.schedules import asks, explore
from greenroom.judge.probes.seats import SlowError
from greenroom.judge.probes.service import Exchange, Service

# Each of the kitchen's first two fits beside the lamp, both do not. In the laundry both fit exactly.
CIRCUITS = [(1, "kitchen", 3000), (2, "laundry", 3500), (3, "attic", 900)]
APPLIANCES = [
    (1, 1, "kettle", 2000, False),
    (2, 1, "oven", 1800, False),
    (3, 1, "lamp", 60, True),
    (4, 1, "toaster", 900, False),
    (5, 2, "washing machine", 2000, False),
    (6, 2, "dryer", 1500, False),
    (7, 3, "heater", 900, True),
    (8, 3, "fan", 40, False),
]
FILL = [
    ("INSERT INTO circuits VALUES ($1, $2, $3)", CIRCUITS),
    ("INSERT INTO appliances VALUES ($1, $2, $3, $4, $5)", APPLIANCES),
]
OVERLOADED = """\
SELECT c.name, c.fuse_watts, sum(a.watts) FROM circuits c JOIN appliances a ON a.circuit_id = c.id AND a.is_on
GROUP BY c.id HAVING sum(a.watts) > c.fuse_watts"""


@dataclass(frozen=True)
class Seen:
    """What one order of two requests came to: their statuses, what is on then, and whether that is too much."""

    order: str
    codes: tuple[int | None, ...]
    on: set[int]
    overload: str | None
    raised: str | None


class House:
    """The database, and two workers that have been asked once."""

    def __init__(self, lab: Lab) -> None:
        self.database = lab.once("database", lambda: Postgres(lab, lab.text("schema.sql"), FILL))
        self.workers = lab.services("app:app", 2, database=self.database)
        for worker in self.workers:
            worker.post("/appliances/3/on").expect(200)

    def on(self) -> set[int]:
        return {number for (number,) in self.database.rows("SELECT id FROM appliances WHERE is_on")}

    def have_on(self, *numbers: int) -> None:
        """Have only *numbers* on."""
        self.database.reset()
        self.database.execute(f"UPDATE appliances SET is_on = id = ANY ('{{{','.join(map(str, numbers))}}}')")

    def overload(self) -> str | None:
        for name, fuse, load in self.database.rows(OVERLOADED):
            return f"{load} W are on in the {name}, its fuse allows {fuse} W"
        return None

    def orders(self, asked: tuple[str, str], on: tuple[int, ...], most: int, changes: int) -> list[Seen]:
        """What *asked*, two paths, come to in so many orders of their statements; at first *on* are on."""
        found: list[Seen] = []

        def look(run: Run) -> None:
            raised = next((trouble(one.raised) for one in run.outcomes if one is not None and one.raised), None)
            codes = tuple(one.status if one is not None else None for one in run.outcomes)
            found.append(Seen(run.told, codes, self.on(), self.overload(), raised))

        actors = [asks(worker, "POST", path) for worker, path in zip(self.workers, asked, strict=True)]
        before = lambda: self.have_on(*on)  # noqa: E731
        explore(self.database, actors, look, before=before, most_runs=most, changes=changes).expect_sound()
        return found


def house(lab: Lab) -> House:
    return lab.once("house", lambda: House(lab))


def kitchen(lab: Lab) -> list[Seen]:
    """One of the two fits."""
    asked = ("/appliances/1/on", "/appliances/2/on")
    return lab.once("kitchen", lambda: house(lab).orders(asked, (3,), 14, 2))


def failed(seen: Seen) -> str | None:
    if seen.raised is not None:
        return f"a request raised {seen.raised}"
    wrong = next((code for code in seen.codes if code not in (200, 409)), 200)
    return None if wrong in (200, 409) else f"a request was answered {wrong}, expected 200 or 409"


def expect(lab: Lab, found: list[Seen], wrong: Callable[[Seen], str | None]) -> str:
    for seen in found:
        told = wrong(seen)
        lab.expect(told is None, f"{told}. The order of the statements: {seen.order[:600]}")
    return f"tried {len(found)} ways in which the statements of two requests can follow one another"


@check("contract", visible=True)
def one_after_the_other_it_works(lab: Lab) -> str:
    found = house(lab)
    found.database.reset()
    first = found.workers[0]
    answer = first.post("/appliances/1/on").expect(200).json()
    lab.expect(answer == {"appliance": 1, "on": True}, f"the kettle was answered {answer}")
    first.post("/appliances/2/on").expect(409)
    first.post("/appliances/1/on").expect(200)
    lab.expect(found.on() == {1, 3, 7}, f"on are {sorted(found.on())}, expected 1, 3 and 7")
    answer = first.post("/appliances/1/off").expect(200).json()
    lab.expect(answer == {"appliance": 1, "on": False}, f"switching off was answered {answer}")
    first.post("/appliances/2/on").expect(200)
    for what in ("on", "off"):
        first.post(f"/appliances/99/{what}").expect(404)
    return "8 requests"


@check("contract")
def many_requests_in_turn_are_answered_right(lab: Lab) -> str:
    found = house(lab)
    found.database.reset()
    rng = random.Random(7)
    watts = {number: (circuit, power) for number, circuit, _, power, _ in APPLIANCES}
    fuses = {number: most for number, _, most in CIRCUITS}
    on = {number for number, _, _, _, is_on in APPLIANCES if is_on}
    for turn in range(24):
        number, what = rng.choice(list(watts)), rng.choice(("on", "on", "off"))
        circuit, power = watts[number]
        load = sum(watts[one][1] for one in on if watts[one][0] == circuit)
        fits = number in on or load + power <= fuses[circuit]
        wanted = 200 if what == "off" or fits else 409
        if wanted == 200:
            on = on | {number} if what == "on" else on - {number}
        answer = found.workers[turn % 2].post(f"/appliances/{number}/{what}")
        told = f"with {load} of {fuses[circuit]} W, {power} W to be switched {what} was answered {answer.status}"
        lab.expect(answer.status == wanted, f"{told}, expected {wanted}")
        lab.expect(found.on() == on, f"after {turn + 1} requests {sorted(found.on())} are on, expected {sorted(on)}")
    return "24 requests"


@check("orders")
def no_order_of_two_requests_overloads_the_kitchen(lab: Lab) -> str:
    def wrong(seen: Seen) -> str | None:
        for number, code in zip((1, 2), seen.codes, strict=True):
            if code in (200, 409) and (code == 200) != (number in seen.on):
                return f"appliance {number} was answered {code} and is {'on' if number in seen.on else 'off'}"
        return seen.overload

    return expect(lab, kitchen(lab), wrong)


@check("orders")
def nor_in_a_circuit_where_nothing_is_on(lab: Lab) -> str:
    found = house(lab).orders(("/appliances/1/on", "/appliances/2/on"), (), 8, 1)
    return expect(lab, found, lambda seen: seen.overload)


@check("orders")
def nor_do_statements_that_overlap(lab: Lab) -> str:
    found = house(lab)
    found.database.reset()
    with found.database.locked("appliances"):
        asked = [found.workers[at].begin("POST", f"/appliances/{at + 1}/on") for at in range(2)]
        for one in asked:
            try:
                one.wait_for(lambda one: one.done or found.database.sleeping(one.service.seat), 8.0)
            except SlowError:
                continue
    for one in asked:
        one.wait_for(lambda one: one.done)
    told = found.overload()
    lab.expect(told is None, f"{told}: both had looked before either changed a row")
    return "both have looked before either changed a row"


@check("answers")
def who_has_room_is_let_in(lab: Lab) -> str:
    def wrong(seen: Seen) -> str | None:
        fine = seen.codes == (200, 200) and {5, 6} <= seen.on
        return failed(seen) or (None if fine else f"both fit, and they were answered {seen.codes[0]} and {seen.codes[1]}")

    return expect(lab, house(lab).orders(("/appliances/5/on", "/appliances/6/on"), (), 8, 1), wrong)


@check("answers")
def of_two_one_is_let_in(lab: Lab) -> str:
    def wrong(seen: Seen) -> str | None:
        told = f"one of two fits, and they were answered {seen.codes[0]} and {seen.codes[1]}"
        return failed(seen) or (None if {*seen.codes} == {200, 409} else told)

    return expect(lab, kitchen(lab), wrong)


@check("answers")
def switching_off_beside_it_fails_nobody(lab: Lab) -> str:
    def wrong(seen: Seen) -> str | None:
        told = None if seen.codes[0] == 200 else f"switching off was answered {seen.codes[0]}, expected 200"
        return failed(seen) or told or seen.overload

    return expect(lab, house(lab).orders(("/appliances/1/off", "/appliances/2/on"), (1, 3), 8, 1), wrong)


@check("apart")
def another_circuit_does_not_wait(lab: Lab) -> str:
    found = house(lab)
    found.database.reset()
    first, laundry = found.workers
    held = waiting_to_commit(found, first)
    try:
        other = laundry.begin("POST", "/appliances/5/on")
        try:
            other.wait_for(lambda one: one.done or found.database.sleeping(laundry.seat))
        except SlowError:
            lab.expect(other.done, "a request for the laundry does not end while one for the kitchen is under way")
        lab.expect(other.done, "a request for the laundry waits for a lock while one for the kitchen is under way")
    finally:
        found.database.release()
    held.wait()
    other.wait().expect(200)
    return "a request for the laundry ends while one for the kitchen is under way"


def waiting_to_commit(found: House, worker: Service) -> Exchange:
    """A request to switch the kettle on whose transaction is about to be committed, if it has one that is."""
    ours: list[str] = []

    def hold(sql: str, _connection: int) -> bool:
        ours.append(sql)
        return sql.strip().upper().startswith("COMMIT") and any("appliances" in one for one in ours)

    found.database.hold = hold
    asked = worker.begin("POST", "/appliances/1/on")
    asked.wait_for(lambda one: one.done or bool(found.database.held))
    found.database.hold = None
    return asked
