"""A directory full of secrets, all of which can be told apart in an answer."""

import random

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

PUBLIC = ("id", "name", "mail", "title")
NAMES = ("Ada", "Bea", "Cem", "Dov", "Eli", "Fay", "Gus", "Hal", "Ida", "Jan", "Abe", "Bo")


class Directory:
    """The tables, the service, and what is secret. *more* are columns that the starter has not heard of."""

    def __init__(self, lab: Lab, seed: int, size: int, more: tuple[str, ...] = ()) -> None:
        rng = random.Random(seed)
        self.lab = lab
        self.columns = ("id", "name", "mail", "title", "team", "password_hash", "notes", *more)
        self.people, self.secrets = [], []
        for number, name in enumerate(rng.sample(NAMES, size), 1):
            hidden = [f"sx{rng.randrange(10**9):09d}" for _ in ("hash", "notes", *more)]
            self.secrets += hidden
            title = rng.choice(("Staff", "Cook", "Nurse"))
            self.people.append((number, name, f"{name.lower()}@h.example", title, number % 2 + 1, *hidden))
        teams = [(1, "North", 77001337, 2), (2, "South", 77001338, 1)]
        self.secrets += ["77001337", "77001338"]
        made = ", ".join(f"{name} INTEGER" if name == "team" else f"{name} TEXT" for name in self.columns[1:])
        script = f"CREATE TABLE people (id INTEGER PRIMARY KEY, {made});"
        script += "CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT, budget INTEGER, lead INTEGER);"
        marks = ", ".join("?" * len(self.columns))
        fill = [(f"INSERT INTO people VALUES ({marks})", self.people), ("INSERT INTO teams VALUES (?, ?, ?, ?)", teams)]
        self._loading = lab.ahead("app:app", database=Database(script, fill))

    @property
    def service(self) -> Service:
        """It, started."""
        return self._loading.started()

    def of(self, number: int) -> dict[str, object]:
        known = dict(zip(self.columns, self.people[number - 1], strict=True))
        return {name: known[name] for name in PUBLIC}

    def all(self) -> list[dict[str, object]]:
        return [self.of(row[0]) for row in self.people]

    def team(self, number: int) -> dict[str, object]:
        members = [self.of(row[0]) for row in self.people if row[4] == number]
        lead = self.of(2 if number == 1 else 1)
        return {"id": number, "name": ("North", "South")[number - 1], "lead": lead, "members": members}

    def expect(self, answer: Response, wanted: object, *own: str) -> None:
        """The answer is *wanted*, and tells no secret: none of the house's, and none of the caller's *own*."""
        told = sum(one in answer.text for one in (*self.secrets, *own))
        self.lab.expect(told == 0, f"{answer.asked} ({answer.status}) tells {told} secrets, budget 0")
        found = answer.json()
        self.lab.expect(found == wanted, f"{answer.asked} gives {str(found)[:300]}, expected {str(wanted)[:300]}")


def house(lab: Lab) -> Directory:
    return lab.once("house", lambda: Directory(lab, 11, 7))


def grown(lab: Lab) -> Directory:
    return lab.once("grown", lambda: Directory(lab, 12, 9, ("iban", "home_address")))


@check("contract", visible=True)
def the_directory_can_be_read(lab: Lab) -> str:
    if not lab.visible_only:
        grown(lab)  # loads beside the other
    one = house(lab)
    for path, wanted in (("/people/3", one.of(3)), ("/people", one.all()), ("/teams/2", one.team(2))):
        found = one.service.get(path).expect(200).json()
        lab.expect(has(found, wanted), f"{path} gives {str(found)[:300]}, expected at least {str(wanted)[:300]}")
    one.service.get("/people/99").expect(404)
    one.service.get("/teams/99").expect(404)
    return "what is public is there"


def has(found: object, wanted: object) -> bool:
    """Whether *found* is *wanted*, or more than that."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(name in found and has(found[name], one) for name, one in wanted.items())
    if isinstance(wanted, list):
        return isinstance(found, list) and len(found) == len(wanted) and all(map(has, found, wanted))
    return found == wanted


@check("people", visible=True)
def a_person_is_public_only(lab: Lab) -> str:
    one = house(lab)
    one.expect(one.service.get("/people/2").expect(200), one.of(2))
    return "0 secrets, budget 0"


@check("people")
def so_are_lists_and_newcomers(lab: Lab) -> str:
    one = house(lab)
    one.expect(one.service.get("/people").expect(200), one.all())
    new = {"name": "Kim", "mail": "kim@h.example", "title": "Porter", "password": "long-enough-77"}
    made = one.service.post("/people", new).expect(201)
    one.expect(made, {"id": 8, "name": "Kim", "mail": "kim@h.example", "title": "Porter"}, "long-enough", "new here")
    lab.expect("hash" not in made.text, "the hash of the new password is told")
    one.expect(one.service.get("/people/8").expect(200), made.json(), "new here")
    return "0 secrets, budget 0"


@check("nested")
def so_are_teams_and_the_phonebook(lab: Lab) -> str:
    for one in (grown(lab), house(lab)):
        for number in (1, 2):
            one.expect(one.service.get(f"/teams/{number}").expect(200), one.team(number))
    one = grown(lab)
    letters: dict[str, list[object]] = {}
    for person in one.all():
        letters.setdefault(str(person["name"])[0], []).append(person)
    one.expect(one.service.get("/phonebook").expect(200), letters)
    return "0 secrets, budget 0"


@check("nested")
def new_columns_stay_inside(lab: Lab) -> str:
    one = grown(lab)
    one.expect(one.service.get("/people").expect(200), one.all())
    one.expect(one.service.get("/people/5").expect(200), one.of(5))
    return "0 secrets in 2 new columns, budget 0"


@check("errors")
def errors_tell_nothing(lab: Lab) -> str:
    one = grown(lab)
    taken = one.of(4)
    new = {"name": "Kim", "mail": taken["mail"], "password": "correct-horse-5"}
    answer = one.service.post("/people", new).expect(409)
    found = answer.json()
    message = found.get("detail", {}).get("message") if isinstance(found.get("detail"), dict) else None
    lab.expect(isinstance(message, str) and message, f"the 409 has no detail.message: {answer.text[:200]}")
    one.expect(answer, {"detail": {"message": message, "by": taken}}, "correct-horse")
    wrong = [
        ({"name": "Kim", "mail": "kim@h.example", "password": "pw-4711"}, ["body", "password"]),
        ({"name": "Kim", "password": "pw-4711-and-more"}, ["body", "mail"]),
        ({"name": "", "mail": "kim@h.example", "password": "pw-4711-and-more"}, ["body", "name"]),
        ([{"password": "pw-4711-and-more"}], ["body"]),
    ]
    for body, where in wrong:
        answer = one.service.post("/people", body).expect(422)
        errors = answer.json().get("detail")
        lab.expect(
            isinstance(errors, list) and len(errors) == 1, f"the 422 has no list of 1 error: {answer.text[:200]}"
        )
        shape = isinstance(errors[0], dict) and {"loc", "msg", "type"} <= set(errors[0])
        lab.expect(
            shape and errors[0]["loc"] == where, f"the 422 says {answer.text[:200]}, expected an error at {where}"
        )
        one.expect(answer, answer.json(), "pw-4711")
    return "0 secrets in 5 errors, budget 0"
