"""Sheets of quiet and of busy days: what they cost in CPU time, questions and statements."""

import json
import random
from contextlib import closing

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.oracle import Expected, expect_same
from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.upstream import Call, Reply, Upstream
from greenroom.judge.probes.usage import cost, increase

SCHEMA = """
CREATE TABLE scans (id INTEGER PRIMARY KEY, day INTEGER NOT NULL, text TEXT NOT NULL);
CREATE INDEX scans_of_day ON scans (day);
CREATE TABLE corrections (id INTEGER PRIMARY KEY, day INTEGER NOT NULL, parcel INTEGER NOT NULL, grams INTEGER NOT NULL);
CREATE INDEX corrections_of_day ON corrections (day);
"""
ZONES, MOST_KG = ("N", "E", "S", "W"), 6
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
MOST_STATEMENTS = 5


class Depot:
    """A service with its database and the tariffs; days are scanned just before they are asked for."""

    def __init__(self, lab: Lab, seed: int) -> None:
        self.rng = random.Random(seed)
        self.database = Database(SCHEMA)
        self.closed = False
        self.tariffs = Upstream(self._price)
        self.service = lab.service("app:app", database=self.database, upstream=self.tariffs)
        self.scans: dict[int, list[dict[str, object]]] = {}
        self.corrections: dict[int, list[tuple[int, int]]] = {}
        self.salt = self.rng.randrange(7, 90)

    def cents(self, day: int, zone: str, kilograms: int) -> int:
        return 300 + self.salt * kilograms + 11 * ZONES.index(zone) + day % 50

    def _price(self, call: Call) -> Reply:
        if self.closed:
            return 503, {"detail": "not now"}
        asked = call.query
        try:
            return 200, {"cents": self.cents(int(asked["day"]), asked["zone"], int(asked["kg"]))}
        except (KeyError, ValueError):
            return 422, {"detail": "asked for what there is not"}

    def scan(self, day: int, parcels: int, *, alike: bool = False) -> None:
        """So many parcels are scanned three times, and four are weighed again; or all are *alike*, with one price."""
        rng = self.rng
        numbers = rng.sample(range(1, 999_999), parcels)
        zones = {number: rng.choice(ZONES[:1] if alike else ZONES) for number in numbers}
        self.scans[day] = [
            {
                "parcel": number,
                "at": at,
                "place": rng.choice(("ramp", "belt", "van 4", "van 7", "shelf")),
                "zone": zones[number],
                rng.choice(("g", "grams")): 500 if alike else rng.randrange(100, 1000 * MOST_KG),
            }
            for number in numbers
            for at in rng.sample(range(86_400), 3)
        ]
        rng.shuffle(self.scans[day])
        count = 0 if alike else 4
        self.corrections[day] = [(rng.choice(numbers), rng.randrange(100, 1000 * MOST_KG)) for _ in range(count)]
        texts = [(day, json.dumps(one)) for one in self.scans[day]]
        with closing(self.database.connect()) as connection:
            connection.execute("BEGIN")
            connection.executemany("INSERT INTO scans (day, text) VALUES (?, ?)", texts)
            connection.execute("COMMIT")
        for parcel, grams in self.corrections[day]:
            self.correct(day, parcel, grams)

    def correct(self, day: int, parcel: int, grams: int) -> None:
        sql = "INSERT INTO corrections (day, parcel, grams) VALUES (?, ?, ?)"
        self.database.execute(sql, day, parcel, grams)

    def sheet(self, day: int) -> dict[str, object]:
        by_parcel: dict[int, list[dict[str, object]]] = {}
        for one in self.scans[day]:
            by_parcel.setdefault(one["parcel"], []).append(one)
        weighed = dict(self.corrections[day])
        lines = []
        for parcel, own in sorted(by_parcel.items()):
            grams = weighed.get(parcel, max(one.get("g", one.get("grams")) for one in own))
            last = max(own, key=lambda one: one["at"])
            cents = self.cents(day, own[0]["zone"], -(-grams // 1000))
            lines.append({"parcel": label(parcel), "place": last["place"], "grams": grams, "cents": cents})
        return {"day": day, "lines": lines, "cents": sum(line["cents"] for line in lines)}

    def prices(self, day: int) -> int:
        """How many different prices the day's sheet has to ask for."""
        weighed = dict(self.corrections[day])
        most: dict[int, tuple[object, int]] = {}
        for one in self.scans[day]:
            number, grams = one["parcel"], one.get("g", one.get("grams"))
            most[number] = one["zone"], max(grams, most.get(number, ("", 0))[1])
        return len({(zone, -(-weighed.get(number, grams) // 1000)) for number, (zone, grams) in most.items()})

    def expect_sheet(self, day: int) -> None:
        expect_same(self.service.get(f"/days/{day}/sheet"), Expected(body=self.sheet(day)))


def label(parcel: int) -> str:
    digits = f"{parcel:06}"
    total = sum(place * int(digit) for place, digit in enumerate(digits, 1))
    return f"{digits[:3]}.{digits[3:]}-{LETTERS[total % len(LETTERS)]}"


def depot_of(lab: Lab) -> Depot:
    """One for the checks that need no process of their own; each scans days of its own."""
    return lab.lasting("depot", lambda: Depot(lab, 4))


@check("contract", visible=True)
def a_sheet_is_right(lab: Lab) -> str:
    depot = depot_of(lab)
    for day, parcels in ((3, 4), (4, 12)):
        depot.scan(day, parcels)
        depot.expect_sheet(day)
    return "2 days, of 4 and of 12 parcels"


@check("profile", visible=True)
def where_the_time_goes(lab: Lab) -> str:
    depot = depot_of(lab)
    depot.scan(1, 40)
    depot.tariffs.calls.clear()
    seat = lab.process(database=depot.database, upstream=depot.tariffs)
    with cost(seat) as used:
        told = lab.call("profiling:report", 1, seat=seat)
    calls = len(depot.tariffs.calls)
    waited = f"{calls} questions to the tariff service, {20 * calls} ms of waiting for it"
    spent = f"{used.cpu_s * 1000:.0f} ms of CPU time under the profiler; {waited}"
    return f"40 parcels, 120 scans: {spent}\n{str(told)[:1200]}"


@check("contract")
def sheets_are_of_now_and_of_their_day(lab: Lab) -> str:
    depot = depot_of(lab)
    for day in (7, 8, 10_007):
        depot.scan(day, 25)
    for day in (7, 8, 10_007, 7):
        depot.expect_sheet(day)
    late = depot.scans[7][0] | {"at": 90_000, "place": "customs"}
    depot.scans[7].append(late)
    depot.database.execute("INSERT INTO scans (day, text) VALUES (7, ?)", json.dumps(late))
    depot.corrections[8].append((depot.scans[8][0]["parcel"], 5_500))
    depot.correct(8, *depot.corrections[8][-1])
    for day in (7, 8):
        depot.expect_sheet(day)
    depot.scans[9], depot.corrections[9] = [], []
    depot.expect_sheet(9)
    return "4 days, two of them again after a late scan and a correction"


@check("contract")
def a_failure_of_the_tariffs_is_told_and_forgotten(lab: Lab) -> str:
    depot = depot_of(lab)
    depot.scan(11, 20)
    depot.closed = True
    depot.service.get("/days/11/sheet").expect(503)
    depot.closed = False
    depot.expect_sheet(11)
    return "503, and then the sheet"


def grown(lab: Lab, small: int, large: int) -> float:
    """How many times as much CPU time a sheet of *large* parcels takes as one of *small*; 0 where nobody can say."""
    depot = Depot(lab, small)
    days = iter(range(20, 90))
    depot.scan(next(days), 10)
    depot.service.get("/days/20/sheet").expect(200)

    def work(parcels: int) -> float:
        day = next(days)
        depot.scan(day, parcels, alike=True)
        before = len(depot.database.statements)
        with cost(depot.service.seat) as used:
            found = depot.service.get(f"/days/{day}/sheet")
        expect_same(found, Expected(body=depot.sheet(day)))
        asked = len([one for one in depot.database.statements[before:] if one.is_query])
        lab.expect(asked <= MOST_STATEMENTS, f"{asked} statements for {parcels} parcels, budget {MOST_STATEMENTS}")
        return used.cpu_s if used.known else 1.0

    try:
        return increase(work, small, large, rounds=3 if large < 100 else 2)
    finally:
        lab.end(depot.service.seat)


@check("hot")
def four_times_the_parcels_cost_about_four_times_as_much(lab: Lab) -> str:
    times = lab.once("first", lambda: grown(lab, 20, 80))
    lab.measure("growth", round(times, 1))
    told = f"4 times the parcels cost {times:.1f} times the CPU time, budget 5"
    lab.expect(times <= 5, told)
    return told


@check("calls")
def each_price_is_asked_for_once(lab: Lab) -> str:
    depot = depot_of(lab)
    for day, parcels in ((12, 40), (13, 110)):
        depot.scan(day, parcels)
        before = len(depot.tariffs.calls)
        depot.expect_sheet(day)
        asked, wanted = len(depot.tariffs.calls) - before, depot.prices(day)
        lab.expect(asked <= wanted, f"{asked} questions to the tariff service for {parcels} parcels, budget {wanted}")
    return f"{asked} questions to the tariff service for 110 parcels, budget {wanted}"


@check("far")
def so_it_goes_on_for_a_busy_day(lab: Lab) -> str:
    if lab.once("first", lambda: grown(lab, 20, 80)) > 5:
        raise FailedError("a busy day was not tried: 80 parcels take too long already")
    times = grown(lab, 100, 800)
    told = f"8 times the parcels cost {times:.1f} times the CPU time, budget 14"
    lab.expect(times <= 14, told)
    return told
