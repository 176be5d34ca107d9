"""Sign-ins beside other requests, in time and in order, with a reference in the same examination."""

import hashlib
import itertools
import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.latency import compare, latencies
from greenroom.judge.probes.service import Exchange, Response, Service

COST, BLOCK = 2**11, 8
ROOMS, LESSONS = ["Bartok", "Clara", "Fanny"], ["Choir", "Viola"]
SCHEMA = """
CREATE TABLE members (name TEXT PRIMARY KEY, salt TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE lessons (title TEXT NOT NULL);
"""
SIGNING, LOOKING, MOST_TIMES = 12, 2, 3
LOOKS = 8, 14, 20
MANY, FIRST = 60, 15
SOME, BEFORE = 12, 10
REFERENCE = """
import asyncio
from concurrent.futures import ThreadPoolExecutor
import members, passwords
from fastapi import FastAPI

app = FastAPI()
hashing = ThreadPoolExecutor(2)


@app.get("/rooms")
async def rooms() -> list[str]:
    return ["Bartok", "Clara", "Fanny"]


@app.post("/sessions")
async def sign_in(given: dict[str, str]) -> dict[str, str]:
    member = await asyncio.to_thread(members.find, given["name"])
    await asyncio.get_running_loop().run_in_executor(hashing, passwords.matches, given["password"], member)
    return {"name": member.name}
"""


def row(name: str, password: str) -> tuple[str, str, str]:
    salt = hashlib.sha256(name.encode()).digest()[:16]
    made = hashlib.scrypt(password.encode(), salt=salt, n=COST, r=BLOCK, p=1, dklen=32)
    return name, salt.hex(), made.hex()


class School:
    """A website with members, whose passwords are known here."""

    def __init__(self, lab: Lab, people: dict[str, str]) -> None:
        fill = [("INSERT INTO members VALUES (?, ?, ?)", [row(*one) for one in people.items()])]
        self.database = Database(SCHEMA, [*fill, ("INSERT INTO lessons VALUES (?)", [(one,) for one in LESSONS])])
        self.service = lab.service("app:app", database=self.database)
        self.people = people

    def begin(self, name: str, password: str) -> Exchange:
        return begin(self.service, name, password)


def begin(service: Service, name: str, password: str) -> Exchange:
    return service.begin("POST", "/sessions", json_body={"name": name, "password": password})


def people(seed: int, count: int) -> dict[str, str]:
    rng = random.Random(seed)
    return {f"member {number}": f"{rng.getrandbits(60):x}" for number in rng.sample(range(1000), count)}


def school(lab: Lab) -> School:
    return lab.once("school", lambda: School(lab, people(7, 5)))


def expect_signed_in(lab: Lab, answer: Response, name: str) -> None:
    found = answer.expect(200).json()
    lab.expect(found == {"name": name}, f"signing in as {name!r} was answered {found}")


def expect_refused(lab: Lab, answers: list[Response]) -> None:
    told = {(answer.expect(401).body, tuple(sorted(answer.headers))) for answer in answers}
    lab.expect(len(told) == 1, f"refusals differ: {sorted(body.decode()[:80] for body, _ in told)}")


@check("contract", visible=True)
def members_sign_in(lab: Lab) -> str:
    found = School(lab, {"Ada": "counterpoint", "Bo": "C major"})
    expect_signed_in(lab, found.begin("Ada", "counterpoint").wait(), "Ada")
    pairs = (("Ada", "C major"), ("Cy", "counterpoint"), ("", ""), ("ada", "counterpoint"))
    expect_refused(lab, [found.begin(*pair).wait() for pair in pairs])
    for path, wanted in (("/rooms", ROOMS), ("/lessons", LESSONS)):
        said = found.service.get(path).expect(200).json()
        lab.expect(said == wanted, f"{path} says {said}, expected {wanted}")
    return "1 signed in, 4 refused with the same words"


@check("contract")
def each_gets_the_own_answer(lab: Lab) -> str:
    found = school(lab)
    names = list(found.people)
    asked = [(name, found.begin(name, found.people[name])) for name in names]
    crossed = [found.begin(name, found.people[other]) for name, other in itertools.pairwise(names)]
    for name, one in asked:
        expect_signed_in(lab, one.wait(), name)
    expect_refused(lab, [one.wait() for one in crossed])
    name = names[0]
    changed = row(name, "a new password")
    found.database.execute("UPDATE members SET salt = ?, hash = ? WHERE name = ?", *changed[1:], name)
    expect_refused(lab, [found.begin(name, found.people[name]).wait()])
    found.people[name] = "a new password"
    expect_signed_in(lab, found.begin(name, found.people[name]).wait(), name)
    return f"{len(asked)} signed in, {len(crossed)} refused, and a password that was changed counts at once"


@check("alive", visible=True)
def rooms_are_shown_while_people_sign_in(lab: Lab) -> str:
    ours = school(lab)
    theirs = lab.service("app:app", files={**lab.files, "app.py": REFERENCE.encode()}, database=ours.database)
    names = itertools.cycle(ours.people)

    def look(service: Service) -> float:
        """Seconds that some looks at the rooms take together while people sign in."""
        signing = [begin(service, name, ours.people[name]) for name in itertools.islice(names, SIGNING)]
        took = latencies(service, lambda _: service.begin("GET", "/rooms"), clients=1, requests=LOOKING)
        for one in signing:
            one.wait().expect(200)
        return sum(took)

    found = compare(lambda: look(ours.service), lambda: look(theirs), MOST_TIMES, least=0.002, looks=LOOKS)
    lab.measure("latency", round(found.median, 2))
    told = f"{LOOKING} looks at the rooms while {SIGNING} sign in take {found.told(MOST_TIMES)}"
    lab.expect(found.judged(MOST_TIMES) != "above", told)
    return told


@check("alive")
def rooms_do_not_wait_for_those_who_came_before(lab: Lab) -> str:
    found = school(lab)
    names = itertools.cycle(found.people)
    signing = [found.begin(name, found.people[name]) for name in itertools.islice(names, SOME)]
    for _ in range(4):
        found.service.get("/rooms").expect(200)
    before = sum(one.done for one in signing)
    told = f"{before} of {SOME} signed in before the rooms were shown four times, budget {BEFORE}"
    lab.expect(before <= BEFORE, told)
    for one in signing:
        one.wait().expect(200)
    return told


@check("apart")
def lessons_do_not_wait_for_sixty(lab: Lab) -> str:
    found = school(lab)
    names = itertools.cycle(found.people)
    signing = [found.begin(name, found.people[name]) for name in itertools.islice(names, MANY)]
    lessons = found.service.begin("GET", "/lessons")
    found.service.until(lambda: lessons.done)
    before = sum(one.done for one in signing)
    lab.expect(lessons.wait().expect(200).json() == LESSONS, "the lessons are not right")
    told = f"{before} of {MANY} signed in before the lessons were shown, budget {FIRST}"
    lab.measure("before", before)
    lab.expect(before <= FIRST, told)
    for one in signing:
        one.wait().expect(200)
    return told


@check("alike")
def strangers_and_members_take_the_same_time(lab: Lab) -> str:
    found = school(lab)
    numbers, names = itertools.count(), itertools.cycle(found.people)

    def refused(name: str) -> float:
        """Seconds of the quickest of three, which is the least disturbed by others on this machine."""
        return min(latencies(found.service, lambda at: found.begin(name, f"guess {at}"), clients=1, requests=3))

    ratio = compare(lambda: refused(next(names)), lambda: refused(f"stranger {next(numbers)}"), 2)
    lab.measure("member", round(ratio.median, 2))
    told = f"a member is refused in {ratio.median:.2g} times a stranger's time ({ratio.low:.2g} to {ratio.high:.2g})"
    lab.expect(ratio.judged(2) != "above" and ratio.high >= 0.5, f"{told}, 0.5 to 2 wanted")
    return f"{told}, 0.5 to 2 wanted"
