"""Points, news and letters after every sort of change; the federation is played here."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.service import Service
from greenroom.judge.probes.upstream import Call, Upstream

SCHEMA = """
CREATE TABLE results_runner (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL, points integer NOT NULL);
CREATE TABLE results_result (id integer PRIMARY KEY AUTOINCREMENT, race varchar(60) NOT NULL,
    place integer unsigned NOT NULL, runner_id bigint NOT NULL REFERENCES results_runner (id));
CREATE TABLE news_news (id integer PRIMARY KEY AUTOINCREMENT, text varchar(200) NOT NULL);
CREATE INDEX result_runner ON results_result (runner_id);
"""
NAMES = ("Ines", "Jarno", "Kofi", "Lena", "Mira", "Nils")
OLD = {(runner, "Winter"): 60 - 9 * runner for runner in range(1, 7)}
"""Places of the results that stood before, by runner and race."""
BUDGET = 30


def points_for(place: int) -> int:
    return max(1, 50 - place)


@dataclass
class Club:
    """What stands (place by runner and race), the news that must be there, and what the federation was told."""

    standing: dict[tuple[int, str], int] = field(default_factory=lambda: dict(OLD))
    news: list[str] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        runners = [(at, name, points_for(OLD[at, "Winter"])) for at, name in enumerate(NAMES, 1)]
        results = [(runner, race, place) for (runner, race), place in OLD.items()]
        self.database = Database(
            SCHEMA,
            [
                ("INSERT INTO results_runner (id, name, points) VALUES (?, ?, ?)", runners),
                ("INSERT INTO results_result (runner_id, race, place) VALUES (?, ?, ?)", results),
            ],
        )
        self.federation = Upstream(self.hear)

    def hear(self, call: Call) -> tuple[int, Any]:
        try:
            self.told.append(json.loads(call.body))
        except ValueError:
            self.told.append(call.body[:100])
        return 201, {}

    def came(self, runner: int, race: str, place: int) -> None:
        self.standing[runner, race] = place
        self.news.append(f"{NAMES[runner - 1]}: {points_for(place)} points at {race}")

    def points(self, runner: int) -> int:
        return sum(points_for(place) for (one, _), place in self.standing.items() if one == runner)


def club(lab: Lab) -> tuple[Club, Service]:
    made = Club()
    loads = lab.ahead("config.asgi:application", database=made.database, upstream=made.federation, start=False)
    return made, loads


def stands(lab: Lab, made: Club, service: Service, after: str, *runners: int) -> None:
    """Points (of *runners*, or of all), news and letters are as they must be after what happened."""
    for runner in runners or range(1, len(NAMES) + 1):
        name = NAMES[runner - 1]
        found = service.get(f"/runners/{runner}").expect(200).json()
        wanted = {"name": name, "points": made.points(runner)}
        lab.expect(found == wanted, f"after {after} GET /runners/{runner} gave {found}, expected {wanted}")
    found = lines(service)
    lab.expect(
        found == made.news,
        f"after {after} there are {len(found)} news, expected {len(made.news)}: {str(found[-3:])[:200]}",
    )
    letters, wanted = len(made.told), len(made.news)
    lab.expect(letters == wanted, f"after {after} the federation was told {letters} times, expected {wanted}")
    lab.expect(
        [heard(one) for one in made.told] == made.news,
        f"after {after} the federation was told {str(made.told[-3:])[:200]}",
    )


def heard(letter: Any) -> str:
    """The news that are in a letter to the federation."""
    try:
        return f"{letter['runner']}: {points_for(letter['place'])} points at {letter['race']}"
    except (TypeError, KeyError):
        return ""


def lines(service: Service) -> list[Any]:
    found = service.get("/news").expect(200).fields().get("news")
    if not isinstance(found, list):
        raise FailedError(f"GET /news gave {str(found)[:100]}, expected a list")
    return found


def enter(made: Club, service: Service, runner: int, race: str, place: int) -> int:
    number = service.post("/results", {"runner": runner, "race": race, "place": place}).expect(201).fields().get("id")
    made.came(runner, race, place)
    if not isinstance(number, int):
        raise FailedError(f"POST /results gave the id {number!r}")
    return number


def shared(lab: Lab, name: str) -> tuple[Club, Service]:
    """A club and a process that checks share as long as they pass: then all stands as it must."""
    made, service = lab.lasting(name, lambda: club(lab))
    return made, service.started()


@check("once", visible=True)
def one_new_result(lab: Lab) -> str:
    if not lab.visible_only:
        lab.lasting("other days", lambda: club(lab))  # it loads beside the first
    made, service = shared(lab, "new results")
    enter(made, service, 2, "Spring", 3)
    stands(lab, made, service, "one new result", 2, 3)
    return "47 points more, 1 line of news, 1 letter"


@check("contract")
def results_are_kept(lab: Lab) -> str:
    made, service = shared(lab, "other days")
    number = enter(made, service, 1, "Mud", 8)
    wanted = {"id": number, "runner": 1, "race": "Mud", "place": 8}
    found = service.get(f"/results/{number}").expect(200).json()
    lab.expect(found == wanted, f"GET /results/{number} gave {found}, expected {wanted}")
    found = service.request("PATCH", f"/results/{number}", json_body={"place": 6}).expect(200).json()
    lab.expect(found == wanted | {"place": 6}, f"PATCH /results/{number} gave {found}")
    service.request("DELETE", f"/results/{number}").expect(204)
    service.get(f"/results/{number}").expect(404)
    del made.standing[1, "Mud"]
    service.get("/runners/99").expect(404)
    service.post("/results", {"runner": 99, "race": "Mud", "place": 1}).expect(404)
    body = {"race": "Mud", "results": [{"runner": 3, "place": 70}, {"runner": 4, "place": 71}]}
    service.post("/results/import", body).expect(201)
    moved = service.post("/results/move-up", {"race": "Mud", "behind": 70}).expect(200).json()
    lab.expect(moved == {"moved": 1}, f"moving up gave {moved}, expected 1 moved")
    made.came(3, "Mud", 70)
    made.came(4, "Mud", 71)
    made.standing[4, "Mud"] = 70
    rows = made.database.rows("SELECT runner_id, place FROM results_result WHERE race = 'Mud' ORDER BY runner_id")
    lab.expect(rows == [(3, 70), (4, 70)], f"the results of Mud are {rows}, expected [(3, 70), (4, 70)]")
    return "a result entered, corrected, deleted; two imported, one moved"


@check("once")
def each_new_result_counts_once(lab: Lab) -> str:
    made, service = shared(lab, "new results")
    for place, runner in enumerate((5, 1, 3, 6), 1):
        enter(made, service, runner, "Hill", place)
    enter(made, service, 5, "Lake", 70)
    stands(lab, made, service, "five more results")
    return "5 results, 5 lines of news, 5 letters"


@check("corrected")
def corrections_and_deletions(lab: Lab) -> str:
    made, service = shared(lab, "new results")
    first, second = enter(made, service, 2, "Moor", 4), enter(made, service, 2, "Coast", 9)
    for place in (12, 12, 55, 3):
        service.request("PATCH", f"/results/{first}", json_body={"place": place}).expect(200)
        made.standing[2, "Moor"] = place
        stands(lab, made, service, f"a correction to place {place}", 2)
    service.request("DELETE", f"/results/{second}").expect(204)
    del made.standing[2, "Coast"]
    stands(lab, made, service, "a deletion")
    return "4 corrections and a deletion, no news of them"


@check("bulk")
def imports_and_shifts(lab: Lab) -> str:
    made, service = shared(lab, "new results")
    body = {"race": "Night", "results": [{"runner": runner, "place": runner * 2} for runner in (6, 2, 4)]}
    service.post("/results/import", body).expect(201)
    for runner in (6, 2, 4):
        made.came(runner, "Night", runner * 2)
    stands(lab, made, service, "an import of three")
    moved = service.post("/results/move-up", {"race": "Night", "behind": 4}).expect(200).json()
    lab.expect(moved == {"moved": 2}, f"moving up behind place 4 gave {moved}, expected 2 moved")
    made.standing |= {(4, "Night"): 7, (6, "Night"): 11}
    stands(lab, made, service, "a shift of two", 2, 4, 6)
    service.post("/results/import", {"race": "Nobody", "results": []}).expect(201)
    stands(lab, made, service, "an empty import", 6)
    return "3 imported, 2 moved up"


@check("lean")
def sixty_at_once(lab: Lab) -> str:
    made, service = shared(lab, "other days")
    before = len(made.told)
    wanted = [(at % 6 + 1, 1 + at * 7 % 83) for at in range(60)]
    rows = [{"runner": runner, "place": place} for runner, place in wanted]
    with made.database.counted() as statements:
        service.post("/results/import", {"race": "Marathon", "results": rows}).expect(201)
    wanted_lines = [f"{NAMES[runner - 1]}: {points_for(place)} points at Marathon" for runner, place in wanted]
    lab.expect(
        lines(service)[-60:] == wanted_lines, "after an import of 60 the last 60 news are not those of the import"
    )
    letters = len(made.told) - before
    lab.expect(letters == 60, f"at an import of 60 the federation was told {letters} times")
    lab.expect(len(statements) <= BUDGET, f"{len(statements)} statements for an import of 60, budget {BUDGET}")
    return f"{len(statements)} statements for an import of 60, budget {BUDGET}"
