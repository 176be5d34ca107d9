"""A guest with a browser, one with bad intentions, and the tourist office."""

from __future__ import annotations

from typing import Any

from browser import Browser, Page
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

SCHEMA = """
CREATE TABLE hut_booking (id integer PRIMARY KEY AUTOINCREMENT, name varchar(60) NOT NULL, arrival date NOT NULL,
    beds smallint unsigned NOT NULL, message varchar(500) NOT NULL);
"""
FIELDS = ("name", "arrival", "beds", "message")
SEEDED = [
    ("Reinhold", "2030-07-02", 2, "late"),
    ("Gerlinde", "2030-06-20", 4, ""),
    ("Jerzy", "2030-07-02", 1, "no snoring, please"),
]
FULL = "2030-08-15"
KEY = {"X-Office-Key": "valley-2f71"}
FINE = {"name": "Wanda", "arrival": "2030-07-20", "beds": "2", "message": "with a dog"}
AGAIN = (200, 400, 422)
WRONG: list[tuple[str, dict[str, str], set[str]]] = [
    ("no name", {"name": ""}, {"name"}),
    ("a blank name", {"name": "   "}, {"name"}),
    ("a name of 61 characters", {"name": "W" * 61}, {"name"}),
    ("no arrival", {"arrival": ""}, {"arrival"}),
    ("an arrival that is no date", {"arrival": "tomorrow"}, {"arrival"}),
    ("30 February", {"arrival": "2030-02-30"}, {"arrival"}),
    ("the day before the season", {"arrival": "2030-05-31"}, {"arrival"}),
    ("the day after the season", {"arrival": "2030-10-01"}, {"arrival"}),
    ("no beds", {"beds": ""}, {"beds"}),
    ("0 beds", {"beds": "0"}, {"beds"}),
    ("9 beds", {"beds": "9"}, {"beds"}),
    ("-1 beds", {"beds": "-1"}, {"beds"}),
    ("beds in words", {"beds": "two"}, {"beds"}),
    ("a message of 501 characters", {"message": "m" * 501}, {"message"}),
    ("two wrong fields", {"name": "", "beds": "99"}, {"name", "beds"}),
    ("a full night", {"arrival": FULL, "beds": "3"}, {"beds"}),
]
EVIL = [
    {"name": "<evil-1>Eve</evil-1>", "message": "</textarea><evil-2 onevil='x'></evil-2>"},
    {"name": "E' onevil='1' x=\"2\" onevil=\"3", "message": "&lt;evil&gt; &amp; {{ settings }} {% now %}"},
    {"name": "Bobby'); --", "message": "5 > 3 & 2 < 4"},
]


def hut(lab: Lab) -> tuple[Database, Service]:
    """One process for all checks."""

    def begin() -> tuple[Database, Service]:
        bookings = [*SEEDED, ("Group", FULL, 8, ""), ("Guide", FULL, 2, "")]
        fill = [("INSERT INTO hut_booking (name, arrival, beds, message) VALUES (?, ?, ?, ?)", bookings)]
        database = Database(SCHEMA, fill)
        return database, lab.service("config.asgi:application", database=database, start=False)

    return lab.once("hut", begin)


def stored(lab: Lab) -> list[tuple[Any, ...]]:
    return hut(lab)[0].rows("SELECT name, arrival, beds, message FROM hut_booking ORDER BY id")


def visitor(lab: Lab) -> Browser:
    return Browser(lab, hut(lab)[1])


def office(lab: Lab, rows: list[Any]) -> Response:
    return hut(lab)[1].post("/office", rows, headers=KEY)


@check("contract", visible=True)
def the_list_the_form_and_the_office(lab: Lab) -> str:
    text = visitor(lab).page("/").text
    at = [text.find(name) for name in ("Gerlinde", "Reinhold", "Jerzy", "Group")]
    lab.expect(-1 not in at and at == sorted(at), f"GET / shows {text[:300]!r}, expected the bookings by arrival")
    before = stored(lab)
    answer = visitor(lab).submit(FINE)
    lab.expect(
        answer.status < 400, f"a booking that is fine was answered {answer.status}: {Page(answer.text).text[:200]}"
    )
    new = stored(lab)[len(before) :]
    lab.expect(new == [("Wanda", "2030-07-20", 2, "with a dog")], f"{new} was stored for {FINE}")
    lab.expect("with a dog" in visitor(lab).page("/").text, "GET / does not show the new booking")
    row = {"name": "Office", "arrival": "2030-09-01", "beds": 3, "message": ""}
    found = office(lab, [row]).expect(200).json()
    lab.expect(found == {"taken": 1, "refused": []}, f"POST /office gave {found}, expected 1 taken")
    hut(lab)[1].post("/office", [row], headers={"X-Office-Key": "guessed"}).expect(403)
    return "4 bookings listed, one made, one taken from the office"


@check("contract")
def what_is_just_right(lab: Lab) -> str:
    edges = [
        {"name": "N" * 60, "arrival": "2030-06-01", "beds": "8", "message": "m" * 500},
        {"name": "Ümit Çelik", "arrival": "2030-09-30", "beds": "1", "message": ""},
        {"name": "Last", "arrival": FULL, "beds": "2", "message": ""},
    ]
    for values in edges:
        before = stored(lab)
        answer = visitor(lab).submit(values)
        told = f"{ {name: value[:20] for name, value in values.items()} } was answered {answer.status}"
        lab.expect(answer.status < 400, f"{told}, though it is fine")
        new = stored(lab)[len(before) :]
        wanted = (values["name"], values["arrival"], int(values["beds"]), values["message"])
        lab.expect(new == [wanted], f"{told}, and {len(new)} bookings were stored, expected 1 as it was written")
    hut(lab)[0].execute("DELETE FROM hut_booking WHERE name = 'Last'")
    return "3 bookings at the edge"


def refusal(lab: Lab, what: str, values: dict[str, str], wrong: set[str]) -> Page:
    """The page that comes back; nothing is stored, and the fields that are *wrong* are marked."""
    before = len(stored(lab))
    answer = visitor(lab).submit(values)
    lab.expect(len(stored(lab)) == before, f"{what}: the booking was stored")
    lab.expect(answer.status in AGAIN, f"{what} was answered {answer.status}, expected the form with 200, 400 or 422")
    page = Page(answer.text)
    lab.expect(set(FIELDS) <= set(page.fields), f"{what}: the form did not come back, the page has {list(page.fields)}")
    marked = {name for name in FIELDS if page.fields[name].wrong}
    lab.expect(marked == wrong, f"{what}: marked as wrong are {sorted(marked)}, expected {sorted(wrong)}")
    return page


@check("refused")
def wrong_bookings_are_refused(lab: Lab) -> str:
    for what, changed, wrong in WRONG:
        refusal(lab, what, FINE | changed, wrong)
    before = len(stored(lab))
    browser = visitor(lab)
    found = browser.form(FIELDS)
    hidden = {name: one.value for name, one in found.fields.items() if name not in FIELDS}
    answer = browser.send("POST", "/book", hidden or {"x": "y"})
    lab.expect(answer.status in AGAIN, f"a POST without any field was answered {answer.status}, expected the form")
    marked = [name for name in FIELDS[:3] if name in Page(answer.text).fields and Page(answer.text).fields[name].wrong]
    lab.expect(marked == list(FIELDS[:3]), f"a POST without any field: marked as wrong are {marked}")
    lab.expect(len(stored(lab)) == before, "a POST without any field was stored")
    return f"0 of {len(WRONG) + 1} wrong bookings were stored"


@check("kept")
def what_was_written_is_still_there(lab: Lab) -> str:
    for values in (
        FINE | {"beds": "two", "message": "a long story"},
        {"name": "W" * 61, "arrival": "2030-07-21", "beds": "3", "message": "m" * 501},
        {"name": "Olga", "arrival": "2030-07-21", "beds": "11", "message": "with a rope"},
    ):
        wrong = {name for name in FIELDS if values[name] in ("two", "W" * 61, "m" * 501, "11")}
        page = refusal(lab, f"a booking with a wrong {sorted(wrong)}", values, wrong)
        kept(lab, page, values)
    return "3 forms came back as they were filled in"


def kept(lab: Lab, page: Page, values: dict[str, str]) -> None:
    for name, value in values.items():
        offers = page.fields[name].offers
        if offers is not None and value not in offers:
            continue  # no select can show what it does not offer
        found = page.fields[name].value.removeprefix("\r").removeprefix("\n")
        lab.expect(found == value, f"in the field {name} stands {found[:80]!r} now, expected {value[:80]!r}")


def harmless(lab: Lab, page: Page, where: str) -> None:
    evil = [name for name in page.names if "evil" in name]
    lab.expect(not evil, f"{where}: {len(evil)} elements or attributes of a guest's making are in the page")


@check("escaped")
def what_guests_write_is_text(lab: Lab) -> str:
    for evil in EVIL:
        values = FINE | evil
        before = stored(lab)
        visitor(lab).submit(values)
        new = stored(lab)[len(before) :]
        lab.expect(len(new) == 1, f"a booking by {values['name']!r} was stored {len(new)} times")
        lab.expect(
            (new[0][0], new[0][3]) == (values["name"], values["message"]), f"stored was {new[0]}, not what was written"
        )
        page = visitor(lab).page("/")
        harmless(lab, page, "the list")
        for text in evil.values():
            lab.expect(" ".join(text.split()) in page.text, f"the list does not show {text!r} as it was written")
        again = Page(visitor(lab).submit(values | {"beds": "0"}).text)
        harmless(lab, again, "the form that came back")
        lab.expect(set(FIELDS) <= set(again.fields), f"the form did not come back for {values | {'beds': '0'}}")
        kept(lab, again, values | {"beds": "0"})
        hut(lab)[0].execute("DELETE FROM hut_booking WHERE arrival = ? AND name = ?", values["arrival"], values["name"])
    return f"{len(EVIL)} bookings shown as text, in the list and in the form"


@check("csrf")
def others_cannot_book_in_a_visitors_name(lab: Lab) -> str:
    browser, other = visitor(lab), visitor(lab)
    own, theirs = browser.form(FIELDS), other.form(FIELDS)
    hidden = {name: one.value for name, one in own.fields.items() if name not in FIELDS}
    foreign = {name: one.value for name, one in theirs.fields.items() if name not in FIELDS}
    before = stored(lab)
    attempts = {
        "without a token": {},
        "with a token of somebody else's": foreign,
        "with a token that is made up": {name: "x" * len(value) for name, value in hidden.items()},
        "with an empty token": dict.fromkeys(hidden, ""),
    }
    for what, token in attempts.items():
        answer = browser.send("POST", "/book", FINE | token)
        told = f"a POST {what} was answered {answer.status}, and {len(stored(lab)) - len(before)} bookings were stored"
        lab.expect(answer.status == 403 and stored(lab) == before, f"{told}; expected 403 and none")
    bare = visitor(lab).send("POST", "/book", FINE | hidden)
    lab.expect(bare.status == 403, f"a POST with a token and without a cookie was answered {bare.status}, expected 403")
    lab.expect(stored(lab) == before, "a POST without a cookie was stored")
    answer = browser.send("POST", "/book", FINE | hidden)
    lab.expect(
        answer.status < 400 and len(stored(lab)) == len(before) + 1, f"with the token it was answered {answer.status}"
    )
    return f"0 of {len(attempts) + 1} foreign bookings were stored"


@check("redirect")
def a_reload_books_nothing(lab: Lab) -> str:
    browser = visitor(lab)
    before = len(stored(lab))
    answer = browser.submit(FINE | {"name": "Vera", "arrival": "2030-08-01"})
    lab.expect(answer.status in (302, 303), f"a booking that is fine was answered {answer.status}, expected a redirect")
    to = answer.header("location") or ""
    lab.expect(to.rpartition("testserver")[2].partition("?")[0] == "/", f"the redirect leads to {to!r}, expected /")
    for _ in range(2):
        lab.expect("Vera" in browser.page("/").text, "the page that one is sent to does not show the booking")
    lab.expect(len(stored(lab)) == before + 1, f"{len(stored(lab)) - before} bookings were stored, expected 1")
    return "one booking after two reloads"


@check("office")
def the_office_has_the_same_rules(lab: Lab) -> str:
    rows: list[Any] = []
    refused = []
    for at, (_, changed, wrong) in enumerate(WRONG):
        row: dict[str, Any] = FINE | {"arrival": "2030-09-10"} | changed
        rows.append(row | ({"beds": int(row["beds"])} if row["beds"].lstrip("-").isdigit() else {}))
        refused.append((at, wrong))
    for number in range(3):
        rows.append({"name": f"Bus {number}", "arrival": "2030-09-11", "beds": 5, "message": ""})
    refused.append((len(rows) - 1, {"beds"}))
    before = stored(lab)
    found = office(lab, rows).expect(200).fields()
    lab.expect(found.get("taken") == 2, f"of {len(rows)} rows {found.get('taken')} were taken, expected 2")
    new = [row[0] for row in stored(lab)[len(before) :]]
    lab.expect(new == ["Bus 0", "Bus 1"], f"stored were {new}, expected Bus 0 and Bus 1")
    said = found.get("refused")
    lab.expect(
        isinstance(said, list) and len(said) == len(refused), f"refused were {str(said)[:200]}, expected {len(refused)}"
    )
    for one, (at, wrong) in zip(said, refused, strict=True):
        fine = isinstance(one, dict) and one.get("row") == at and isinstance(one.get("fields"), list)
        lab.expect(
            fine and sorted(map(str, one["fields"])) == sorted(wrong), f"row {at} gave {one}, expected {sorted(wrong)}"
        )
    return f"2 rows taken, {len(refused)} refused with their fields"
