"""Booths that try again, workers that die at every statement, and two tries at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.playing import Actor, Outcome, Run, trouble
from greenroom.judge.probes.schedules import asks, crashes, explore
from greenroom.judge.probes.service import Response, Service

CREDITS = {1: 100, 2: 5, 3: 40}
SENT = {"source": 1, "target": 2, "credits": 30}
ANSWER = SENT | {"left": 70}


def database(lab: Lab) -> Database:
    return lab.once("database", lambda: Database(lab.text("schema.sql")))


def fill(kept: Database, credits: dict[int, int] | None = None) -> None:
    kept.execute("DELETE FROM transfers")
    kept.execute("DELETE FROM wristbands")
    for number, amount in (credits or CREDITS).items():
        kept.execute("INSERT INTO wristbands VALUES (?, ?)", number, amount)


def workers(lab: Lab) -> list[Service]:
    """Two workers, and a fresh state of the database."""
    fill(database(lab))
    return lab.once("workers", lambda: lab.services("app:app", 2, database=database(lab)))


def send(worker: Service, key: str | None, **changed: Any) -> Response:
    headers = {} if key is None else {"Idempotency-Key": key}
    return worker.post("/transfers", SENT | changed, headers=headers)


def balances(kept: Database) -> dict[int, int]:
    return dict(kept.rows("SELECT id, credits FROM wristbands ORDER BY id"))


def expect_balances(lab: Lab, when: str, wanted: dict[int, int]) -> None:
    found = balances(database(lab))
    lab.expect(found == wanted, f"{when} the wristbands have {found}, expected {wanted}")


def expect_answer(lab: Lab, when: str, answer: Response, wanted: dict[str, int]) -> None:
    told = trouble(answer.raised) if answer.raised is not None else answer.text[:120]
    lab.expect(answer.status == 201, f"{when} was answered {answer.status}, expected 201: {told}")
    lab.expect(answer.json() == wanted, f"{when} was answered {answer.json()}, expected {wanted}")


def moved(times: int) -> dict[int, int]:
    return CREDITS | {1: 100 - 30 * times, 2: 5 + 30 * times}


@check("contract", visible=True)
def credits_are_sent(lab: Lab) -> str:
    first = workers(lab)[0]
    expect_answer(lab, "a transfer", send(first, "a"), ANSWER)
    expect_answer(lab, "the same request again", send(first, "a"), ANSWER)
    expect_balances(lab, "after it", moved(1))
    expect_answer(lab, "one with another key", send(first, "b"), ANSWER | {"left": 40})
    expect_answer(lab, "the first again", send(first, "a"), ANSWER)
    send(first, "c", credits=41).expect(402)
    send(first, "c", source=9).expect(404)
    send(first, "c", target=9).expect(404)
    send(first, None).expect(422)
    send(first, "c", credits=0).expect(422)
    send(first, "a", credits=20).expect(409)
    send(first, "a", target=3).expect(409)
    expect_balances(lab, "after two transfers and seven refusals", moved(2))
    return "11 requests"


@check("contract")
def a_refusal_is_not_remembered(lab: Lab) -> str:
    first = workers(lab)[0]
    send(first, "d", credits=130).expect(402)
    database(lab).execute("UPDATE wristbands SET credits = 200 WHERE id = 1")
    expect_answer(lab, "a key that was refused before", send(first, "d", credits=130), SENT | {"credits": 130, "left": 70})
    expect_balances(lab, "after it", CREDITS | {1: 70, 2: 135})
    return "2 requests"


def sends(worker: Service, body: dict[str, int], key: Callable[[], str]) -> Actor:
    """A request with a *key* of its own each time: what a worker remembers of another run is of no use."""

    def begin() -> Callable[[], Outcome | None]:
        return asks(worker, "POST", "/transfers", json_body=body, headers={"Idempotency-Key": key()}).begin()

    return Actor(worker.seat, begin)


def survived(lab: Lab) -> list[tuple[str, dict[int, int], int, Response, dict[int, int], Response]]:
    """For each crash: where, what the wristbands had, how many transfers were noted, a second try, and a third."""

    def make() -> list[Any]:
        kept, found = database(lab), []
        second, third = workers(lab)
        keys = (f"killed {number}" for number in itertools.count(1))
        now = ""

        def before() -> None:
            nonlocal now
            now = next(keys)
            fill(kept)

        following = [lab.ahead("app:app", database=kept)]

        def actor() -> Actor:
            following.append(lab.ahead("app:app", database=kept))  # it loads while the one before is killed
            return sends(following.pop(0).started(), SENT, lambda: now)

        for crash in crashes(kept, actor, before=before):
            left = balances(kept), len(kept.rows("SELECT key FROM transfers"))
            answer = send(second, now)
            found.append((crash.told, *left, answer, balances(kept), send(third, now)))
        return found

    return lab.once("survived", make)


@check("whole")
def a_worker_that_dies_leaves_all_or_nothing(lab: Lab) -> str:
    found = survived(lab)
    for where, left, noted, *_ in found:
        told = f"after {where} the wristbands have {left}, and {noted} transfers are noted"
        lab.expect((left, noted) in ((moved(0), 0), (moved(1), 1)), f"{told}: neither all nor nothing")
    done = found[-1][1]
    lab.expect(done == moved(1), f"after a transfer was done the wristbands have {done}, expected {moved(1)}")
    return f"killed at {len(found)} places"


@check("once")
def a_second_try_after_a_death_does_not_send_twice(lab: Lab) -> str:
    found = survived(lab)
    for where, _, _, second, left, third in found:
        expect_answer(lab, f"the second try, after {where},", second, ANSWER)
        lab.expect(left == moved(1), f"after {where} and a second try the wristbands have {left}, expected {moved(1)}")
        expect_answer(lab, f"the third try, after {where},", third, ANSWER)
    expect_balances(lab, "after the third try", moved(1))
    return f"tried again after {len(found)} deaths"


@check("once")
def another_worker_knows_the_key(lab: Lab) -> str:
    first, second = workers(lab)
    expect_answer(lab, "a transfer", send(first, "w"), ANSWER)
    expect_answer(lab, "another one", send(first, "x", credits=1), ANSWER | {"credits": 1, "left": 69})
    expect_answer(lab, "the first again, at another worker,", send(second, "w"), ANSWER)
    send(second, "w", credits=31).expect(409)
    expect_balances(lab, "after it", CREDITS | {1: 69, 2: 36})
    return "4 requests at two workers"


class Runs:
    """Runs of several requests, each on the same rows; `now` is the name of the present one."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.now = ""
        self._lab, self._name, self._count = lab, name, 0

    def _before(self) -> None:
        self._count += 1
        self.now = f"{self._name} {self._count}"
        fill(database(self._lab))

    def tried(self, actors: list[Actor], look: Callable[[Run], str | None], most: int) -> str:
        report = explore(database(self._lab), actors, look, before=self._before, most_runs=most, changes=2)
        return report.expect_sound()


@check("together")
def two_tries_at_once_are_one(lab: Lab) -> str:
    both = workers(lab)

    def look(run: Run) -> str | None:
        told = failed(run, (201,))
        bodies = [outcome.body for outcome in run.outcomes if outcome is not None]
        if told is None and len({*bodies}) != 1:
            told = f"two tries were answered {bodies[0].decode()[:100]} and {bodies[1].decode()[:100]}"
        left = balances(database(lab))
        return told or (None if left == moved(1) else f"the wristbands have {left}, expected {moved(1)}")

    runs = Runs(lab, "same")
    return runs.tried([sends(worker, SENT, lambda: runs.now) for worker in both], look, 12)


@check("together")
def credits_are_not_spent_twice(lab: Lab) -> str:
    both = workers(lab)

    def look(run: Run) -> str | None:
        told = failed(run, (201, 402))
        codes = sorted(outcome.status or 0 for outcome in run.outcomes if outcome is not None)
        left = balances(database(lab))
        wanted = CREDITS | {1: 40, 2: 65}
        told = told or (None if codes == [201, 402] else f"for one of them there is enough, answered were {codes}")
        return told or (None if left == wanted else f"the wristbands have {left}, expected {wanted}")

    runs, much = Runs(lab, "two"), SENT | {"credits": 60}
    actors = [sends(both[0], much, lambda: f"{runs.now} a"), sends(both[1], much, lambda: f"{runs.now} b")]
    return runs.tried(actors, look, 8)


@check("together")
def back_and_forth_at_once_loses_nothing(lab: Lab) -> str:
    both = workers(lab)
    there, back = SENT, {"source": 2, "target": 1, "credits": 5}

    def look(run: Run) -> str | None:
        left, wanted = balances(database(lab)), CREDITS | {1: 75, 2: 30}
        return failed(run, (201,)) or (None if left == wanted else f"the wristbands have {left}, expected {wanted}")

    runs = Runs(lab, "back")
    actors = [sends(both[0], there, lambda: f"{runs.now} a"), sends(both[1], back, lambda: f"{runs.now} b")]
    return runs.tried(actors, look, 8)


def failed(run: Run, allowed: tuple[int, ...]) -> str | None:
    for outcome in run.outcomes:
        if outcome is not None and outcome.raised is not None:
            return f"a request raised {trouble(outcome.raised)}"
        if outcome is not None and outcome.status not in allowed:
            return f"a request was answered {outcome.status}, expected {' or '.join(map(str, allowed))}"
    return None
