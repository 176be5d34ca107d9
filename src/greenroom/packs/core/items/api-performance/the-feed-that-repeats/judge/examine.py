"""Feeds that are read while they change."""

import random
from collections import Counter

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.service import Service

SCHEMA = """
CREATE TABLE posts (id INTEGER PRIMARY KEY, created INTEGER NOT NULL, title TEXT NOT NULL);
CREATE INDEX posts_by_time ON posts (created, id);
"""
NOON = 1_700_000_000


def feed(lab: Lab, posts: list[tuple[int, int]]) -> tuple[Database, Service]:
    """A feed with *posts*, each an id and a second; in a process of its own where one has something open."""

    def make() -> tuple[Database, Service]:
        database = Database(SCHEMA)
        return database, lab.service("app:app", database=database)

    rows = [(number, NOON + second, f"post {number}") for number, second in posts]
    random.Random(len(rows)).shuffle(rows)
    database, service = lab.lasting("feed", make)
    try:
        lab.expect(not database.left_open(service.seat), "a transaction is open")
        database.execute("DELETE FROM posts")
    except FailedError:
        database, service = make()
    database.own.execute("BEGIN")
    database.own.executemany("INSERT INTO posts VALUES (?, ?, ?)", rows)
    database.own.execute("COMMIT")
    return database, service


def ordered(database: Database) -> list[dict[str, object]]:
    rows = database.rows("SELECT id, created, title FROM posts ORDER BY created DESC, id DESC")
    return [dict(zip(("id", "created", "title"), row, strict=True)) for row in rows]


def read(lab: Lab, service: Service, limit: int, meanwhile=lambda number, page: None) -> list[dict[str, object]]:
    """All pages from the first to the last, with something done after each."""
    shown: list[dict[str, object]] = []
    query: dict[str, object] = {"limit": limit}
    for number in range(400):
        page = service.get("/posts", query=query).expect(200).json()
        fits = isinstance(page, dict) and set(page) == {"posts", "next"} and isinstance(page["posts"], list)
        lab.expect(fits, f"a page is {str(page)[:200]}")
        lab.expect(len(page["posts"]) <= limit, f"{len(page['posts'])} posts on a page of {limit}")
        shown += page["posts"]
        if page["next"] is None:
            return shown
        lab.expect(isinstance(page["next"], str), f"next is {page['next']!r}, expected a text")
        query["after"] = page["next"]
        meanwhile(number, page["posts"])
    raise FailedError(f"{len(shown)} posts on 400 pages, and still no end")


def expect_once(lab: Lab, shown: list[dict[str, object]], always: list[dict[str, object]]) -> None:
    """Each post that was *always* there was shown once, in order; none twice."""
    times = Counter(post["id"] for post in shown)
    twice = sum(count > 1 for count in times.values())
    lost = sum(post["id"] not in times for post in always)
    lab.expect(not twice and not lost, f"{twice} posts shown twice and {lost} never, budget 0 and 0")
    known = {post["id"] for post in always}
    lab.expect([post for post in shown if post["id"] in known] == always, "the posts are not in order")


@check("contract", visible=True)
def five_posts_are_read_in_pages(lab: Lab) -> str:
    database, service = feed(lab, [(1, 10), (2, 20), (3, 30), (4, 40), (5, 50)])
    lab.expect(read(lab, service, 2) == ordered(database), "the pages of 2 do not give the 5 posts, newest first")
    first = service.get("/posts").expect(200).json()
    lab.expect(first == {"posts": ordered(database), "next": None}, f"the first 20 are {str(first)[:200]}")
    return "5 posts in pages of 2"


@check("stable", visible=True)
def nothing_is_shown_twice(lab: Lab) -> str:
    database, service = feed(lab, [(number, number) for number in range(1, 13)])
    always = ordered(database)

    def write(number: int, page: list[dict[str, object]]) -> None:
        database.execute("INSERT INTO posts VALUES (?, ?, 'new')", 100 + number, NOON + 100 + number)

    expect_once(lab, read(lab, service, 5, write), always)
    return "0 shown twice, 0 lost"


@check("stable")
def nothing_is_lost(lab: Lab) -> str:
    rng = random.Random(5)
    numbers = rng.sample(range(1000, 9000), 60)
    database, service = feed(lab, [(number, 7 * place) for place, number in enumerate(numbers)])
    gone: set[object] = set()

    def write(number: int, page: list[dict[str, object]]) -> None:
        """New posts in front and behind; what was just shown is deleted, its last post too."""
        for place in (1000, 3, 200):
            database.execute(
                "INSERT INTO posts VALUES (?, ?, 'new')", 9000 + 10 * number + place % 7, NOON + place + number
            )
        for post in page[-2:]:
            database.execute("DELETE FROM posts WHERE id = ?", post["id"])
            gone.add(post["id"])

    always = ordered(database)
    shown = read(lab, service, 7, write)
    lost = [post for post in always if post["id"] not in {one["id"] for one in shown}]
    lab.expect(not lost, f"{len(lost)} posts never shown, budget 0")
    expect_once(lab, shown, always)
    return "0 shown twice, 0 lost, with posts written and deleted between the pages"


@check("ties")
def posts_of_one_second_are_shown_once(lab: Lab) -> str:
    rng = random.Random(9)
    numbers = rng.sample(range(100, 999), 45)
    database, service = feed(lab, [(number, place // 15) for place, number in enumerate(numbers)])
    always = ordered(database)
    for limit in (1, 4, 15):
        expect_once(lab, read(lab, service, limit), always)
    extra = iter((2, 1001, 3, 1002, 4, 1003, 5, 1004, 6, 1005, 7, 1006))

    def write(number: int, page: list[dict[str, object]]) -> None:
        database.execute("INSERT INTO posts VALUES (?, ?, 'new')", next(extra), page[-1]["created"])

    expect_once(lab, read(lab, service, 7, write), always)
    return "45 posts in 3 seconds: 0 shown twice, 0 lost"


@check("cursor")
def the_last_page_is_known(lab: Lab) -> str:
    database, service = feed(lab, [(number, number // 2) for number in range(1, 7)])
    pages = []
    shown = read(lab, service, 3, lambda number, page: pages.append(page))
    lab.expect(shown == ordered(database), "6 posts in pages of 3 are not right")
    lab.expect(len(pages) == 1, f"{len(pages) + 1} pages of 3 for 6 posts, expected 2")
    for post in shown:
        database.execute("DELETE FROM posts WHERE id = ?", post["id"])
    empty = service.get("/posts").expect(200).json()
    lab.expect(empty == {"posts": [], "next": None}, f"an empty feed is {empty}")
    return "2 pages for 6 posts"


@check("cursor")
def odd_cursors_are_refused(lab: Lab) -> str:
    _, service = feed(lab, [(number, 0) for number in range(1, 9)])
    real = service.get("/posts", query={"limit": 3}).expect(200).json()["next"]
    odd = ["", "x", "{}", "[]", "null", "zebra", real[:-3], real[3:], real + "Z9!", "é" + real,
           "\u0000", "MQ==", "W10=", "e30=", "WzFd", "WyJhIiwgImIiXQ==", "a:b", "1:", ":1", "1,b",
           "' OR 1=1 --", "9" * 30, "x" * 3000,
           "WzFlOTk5LCAxXQ==", "bnVsbA==", "WzEsIHt9XQ=="]  # fmt: skip
    for one in odd:
        status = service.get("/posts", query={"limit": 3, "after": one}).status
        own = status == 200 and (real in one or len(one) > 2 and one in real)  # it may be read as a cursor all the same
        lab.expect(400 <= status < 500 or own, f"the cursor {one[:40]!r} gives {status}, expected 400")
    service.get("/posts", query={"limit": 3, "after": real}).expect(200)
    return f"{len(odd)} of {len(odd)} refused"


@check("deep")
def the_last_page_costs_as_much_as_the_first(lab: Lab) -> str:
    database, service = feed(lab, [(number, number // 9) for number in range(1, 2001)])
    always = ordered(database)
    costs = []

    def note() -> None:
        statements = [one for one in database.statements if one.is_query]
        costs.append((database.fetched, sum(one.steps for one in statements), len(statements)))
        database.fetched = 0
        database.statements.clear()

    note()
    costs.clear()
    expect_once(lab, read(lab, service, 50, lambda number, page: note()), always)
    rows, steps = max(cost[0] for cost in costs), max(cost[1] for cost in costs)
    lab.expect(rows <= 51, f"{rows} rows read for a page of 50, budget 51")
    lab.expect(steps <= 3, f"{steps} thousand steps of the database for a page of 50, budget 3")
    return f"{rows} rows and {steps} thousand steps for a page of 50 at most, budgets 51 and 3"
