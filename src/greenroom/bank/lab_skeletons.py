"""The skeletons of labs: a small project with a flaw, an examination that finds it, and answers of each sort."""

from __future__ import annotations

RUBRIC = """\
limits: {{cpu_s: 10, wall_s: 30, memory_mb: {memory_mb}}}
lab: {{environment: {environment}, examiner: {examiner}, edit: ["*.py"]}}
rubric:
  - id: basic
    points: 2
    title: The plain cases
    measure: {{cases: [basic], earn: all}}
    follow_up:
      ask: What does the project answer for the visible check, and why?
      claim: The sentence that a good answer to this question states.
"""

_APP = '''\
from fastapi import FastAPI

app = FastAPI()


@app.get("/sum")
def add_up(a: int, b: int) -> int:
    """Return the sum."""
    return {answer}
'''

_EXAMINE_SERVICE = '''\
"""The examination: each check is a case. `greenroom.judge.probes` has what it measures with."""

from greenroom.judge.probes.lab import Lab, check


@check("basic", visible=True)
def two_numbers_are_added(lab: Lab) -> str:
    answer = lab.once("app", lambda: lab.service("app:app")).get("/sum?a=2&b=3").expect(200).json()
    lab.expect(answer == 5, f"/sum?a=2&b=3 gave {answer}, expected 5")
    return "2 + 3 = 5"


@check("basic")
def negative_numbers_are_added(lab: Lab) -> None:
    answer = lab.once("app", lambda: lab.service("app:app")).get("/sum?a=-2&b=-3").expect(200).json()
    lab.expect(answer == -5, f"/sum?a=-2&b=-3 gave {answer}, expected -5")
'''

_MODEL = '''\
def predict(train, labels, rows):
    """Return a label for each of *rows*, learned from *train* and its *labels*."""
    {body}
'''

_NEAREST = "return [labels[min(range(len(train)), key=lambda at: abs(train[at][0] - row[0]))] for row in rows]"

_EXAMINE_ML = '''\
"""The examination: each check is a case. The labels of the rows that are asked for never leave this side."""

from greenroom.judge.probes.lab import Lab, check


def share_right(lab: Lab, size: int) -> float:
    train = [[float(number)] for number in range(size)]
    labels = [int(number >= size / 2) for number in range(size)]
    rows, hidden = [[number + 0.25] for number in range(size)], labels
    found = lab.call("model:predict", train, labels, rows)
    lab.expect(isinstance(found, list) and len(found) == size, "predict() must return a label for each row")
    return sum(one == other for one, other in zip(found, hidden)) / size


@check("basic", visible=True)
def a_few_rows_are_told_apart(lab: Lab) -> str:
    share = share_right(lab, 10)
    lab.expect(share >= 0.9, f"{share:.0%} right, 90 % needed")
    return f"{share:.0%} right"


@check("basic")
def many_rows_are_told_apart(lab: Lab) -> str:
    share = share_right(lab, 400)
    lab.measure("accuracy", share)
    lab.expect(share >= 0.9, f"{share:.0%} right, 90 % needed")
    return f"{share:.0%} right"
'''

_EXPECT = (
    "accepted/reference: {verdict: accepted}\npartial/half: {}\n"
    "wrong/constant: {findings: {basic: missed}}\nhostile/exit: {}\n"
)

_EXAMINE_SQL = '''\
"""The examination: each check is a case. The data is this side's own, and other data in each check."""

from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.sql import Sql

SCHEMA = "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer TEXT NOT NULL, cents INTEGER NOT NULL);"


def expect_totals(lab: Lab, orders: list[tuple[int, str, int]]) -> str:
    totals: dict[str, int] = {}
    for _, customer, cents in orders:
        totals[customer] = totals.get(customer, 0) + cents
    found = Sql(lab, "query.sql").query(Database(SCHEMA, [("INSERT INTO orders VALUES (?, ?, ?)", orders)])).rows
    expected = sorted(totals.items())
    lab.expect(found == expected, f"got {found[:5]}, expected {expected[:5]}")
    return f"{len(found)} customers"


@check("basic", visible=True)
def two_customers_are_summed(lab: Lab) -> str:
    return expect_totals(lab, [(1, "ada", 300), (2, "bob", 200), (3, "ada", 50)])


@check("basic")
def many_customers_are_summed(lab: Lab) -> str:
    return expect_totals(lab, [(number, f"customer {number * 7 % 40}", number * 13 % 97) for number in range(1, 300)])
'''

_QUERY = "SELECT customer, {total}\nFROM orders\nGROUP BY customer\nORDER BY customer;\n"

SERVICE = {
    "starter/app.py": _APP.format(answer="a"),
    "judge/examine.py": _EXAMINE_SERVICE,
    "submissions/accepted/reference/app.py": _APP.format(answer="a + b"),
    "submissions/partial/half/app.py": _APP.format(answer="abs(a) + abs(b)"),
    "submissions/wrong/constant/app.py": _APP.format(answer="0"),
    "submissions/hostile/exit/app.py": "import os\n\nos._exit(0)\n",
    "submissions/expect.yaml": _EXPECT,
}

ML = {
    "starter/model.py": _MODEL.format(body="raise NotImplementedError"),
    "judge/examine.py": _EXAMINE_ML,
    "submissions/accepted/reference/model.py": _MODEL.format(body=_NEAREST),
    "submissions/partial/half/model.py": _MODEL.format(body="return [int(row[0] >= 5) for row in rows]"),
    "submissions/wrong/constant/model.py": _MODEL.format(body="return [0 for _ in rows]"),
    "submissions/hostile/exit/model.py": "import os\n\nos._exit(0)\n",
    "submissions/expect.yaml": _EXPECT,
}

SQL = {
    "starter/query.sql": _QUERY.format(total="max(cents)"),
    "judge/examine.py": _EXAMINE_SQL,
    "submissions/accepted/reference/query.sql": _QUERY.format(total="sum(cents)"),
    "submissions/partial/half/query.sql": _QUERY.format(total="sum(DISTINCT cents)"),
    "submissions/wrong/constant/query.sql": "SELECT 'ada', 350 UNION SELECT 'bob', 200;\n",
    "submissions/hostile/exit/query.sql": "ATTACH DATABASE 'examine.py' AS judge;\n",
    "submissions/expect.yaml": _EXPECT,
}
