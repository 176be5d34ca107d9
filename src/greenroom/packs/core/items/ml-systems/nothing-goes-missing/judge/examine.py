"""Batches with known faults; what is wrong with each row is worked out on this side."""

import random
from typing import Any

from greenroom.judge.probes.lab import Lab, check

NAN, INF = float("nan"), float("inf")
Found = tuple[list[int], list[tuple[int, list[tuple[str, str]]]]]


def fault(row: dict[str, Any], field: str, rule: dict[str, Any]) -> str | None:
    """The code of one field, uniqueness aside."""
    if field not in row:
        return None if rule.get("optional") else "missing"
    value = row[field]
    if value is None:
        return None if rule.get("nullable") else "null"
    wanted, kind = rule["type"], type(value).__name__
    if kind != wanted and (wanted, kind) != ("float", "int"):
        return "type"
    if kind in ("int", "float"):
        if not (-INF < value < INF) or not (rule.get("low", -INF) <= value <= rule.get("high", INF)):
            return "range"
    return "choice" if "choices" in rule and value not in rule["choices"] else None


def judged(rows: list[Any], contract: dict[str, dict[str, Any]]) -> Found:
    """What the contract says of *rows*."""
    accepted, rejected = [], []
    taken: dict[str, set[Any]] = {field: set() for field, rule in contract.items() if rule.get("unique")}
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            rejected.append((number, [("", "row")]))
            continue
        reasons = [(field, code) for field, rule in contract.items() if (code := fault(row, field, rule))]
        reasons += [(field, "unknown") for field in sorted(row.keys() - contract.keys())]
        keys = {field: row[field] for field in taken if row.get(field) is not None}
        if not reasons:
            reasons = [(field, "duplicate") for field in taken if field in keys and keys[field] in taken[field]]
        if reasons:
            rejected.append((number, reasons))
        else:
            accepted.append(number)
            for field, value in keys.items():
                taken[field].add(value)
    return accepted, rejected


def expect_right(lab: Lab, rows: list[Any], contract: dict[str, dict[str, Any]], what: str) -> str:
    """The same numbers and the same reasons."""
    seat = lab.once("seat", lab.process)
    lab.expect(not seat.garbled, "the process gave answers that cannot be read")
    found = lab.call("validate:check", rows, contract, seat=seat)
    plain = isinstance(found, tuple) and len(found) == 2 and all(isinstance(one, list) for one in found)
    lab.expect(plain, "check() must return a tuple of two lists")
    accepted, rejected = judged(rows, contract)
    missing = len(rows) - len(found[0]) - len(found[1])
    lab.expect(missing == 0, f"{what}: {len(rows)} rows in, {len(found[0])} accepted, {len(found[1])} rejected")
    for own, wanted in zip(found[1], rejected):
        lab.expect(own == wanted, f"{what}: rejected {own}, expected {wanted}")
    lab.expect(found == (accepted, rejected), f"{what}: accepted {found[0][:20]}, expected {accepted[:20]}")
    return f"{len(rows)} rows in, {len(accepted)} accepted, {len(rejected)} rejected"


CLIENTS = {
    "age": {"type": "int", "low": 18, "high": 120},
    "income": {"type": "float", "low": 0.0, "nullable": True},
    "region": {"type": "str", "choices": ["north", "south"]},
}


def sound(number: int) -> dict[str, Any]:
    """A row that keeps the contract of clients."""
    return {"age": 20 + number % 60, "income": 1000.5 + number, "region": ("north", "south")[number % 2]}


@check("contract", visible=True)
def sound_rows_and_one_out_of_range(lab: Lab) -> str:
    return expect_right(lab, [sound(0), sound(1) | {"age": 17}, sound(2)], CLIENTS, "3 rows")


@check("account", visible=True)
def a_row_with_two_faults(lab: Lab) -> str:
    rows = [sound(0), {"age": 200, "income": -1.0, "region": "north"}, {"income": 5.0, "region": "south"}]
    return expect_right(lab, rows, CLIENTS, "3 rows")


@check("account")
def a_batch_with_faults_of_all_sorts(lab: Lab) -> str:
    rng, rows = random.Random(11), []
    for number in range(300):
        row = sound(number)
        for _ in range(rng.randrange(3)):
            field = rng.choice(list(CLIENTS))
            change = rng.randrange(5)
            if change == 0:
                row.pop(field, None)
            elif change == 1:
                row[field] = None
            elif change == 2:
                row[field] = {"age": 130, "income": -0.5, "region": "west"}[field]
            elif change == 3:
                row[rng.choice(("zip", "Age", "income_eur"))] = 1
            else:
                row[field] = []
        rows.append(row)
    return expect_right(lab, rows, CLIENTS, "a batch")


@check("account")
def things_that_are_no_rows(lab: Lab) -> str:
    rows = [sound(0), None, [1, 2], "age", 7, {}, sound(1)]
    return expect_right(lab, rows, CLIENTS, "a batch with things that are no rows")


@check("account")
def fields_that_may_be_left_out(lab: Lab) -> str:
    contract = CLIENTS | {
        "phone": {"type": "str", "optional": True},
        "score": {"type": "float", "optional": True, "nullable": True},
    }
    rows = [sound(0), sound(1) | {"phone": "1"}, sound(2) | {"phone": None}, sound(3) | {"score": None, "phone": "2"}]
    return expect_right(lab, [*rows, {}], contract, "optional fields")


@check("types")
def values_that_look_right(lab: Lab) -> str:
    contract = {
        "count": {"type": "int", "low": 0, "high": 100},
        "share": {"type": "float", "low": 0, "high": 1},
        "any": {"type": "float", "nullable": True},
        "name": {"type": "str"},
        "paid": {"type": "bool"},
        "grade": {"type": "int", "choices": [0, 1, 2]},
    }
    fine = {"count": 7, "share": 0.5, "any": -1e300, "name": "", "paid": False, "grade": 1}
    odd = {
        "count": [True, "12", 12.0, "", 0, 100, 101, -1, NAN],
        "share": [True, 1, 0, 2, NAN, INF, -INF, "0.5", -0.0],
        "any": [NAN, INF, -INF, 0, True, "nan", None],
        "name": [0, "None", None, b"x", ["x"]],
        "paid": [0, 1, "False", None, True],
        "grade": [True, False, 1.0, "1", 3, 2],
    }
    rows = [fine, *(fine | {field: value} for field, values in odd.items() for value in values)]
    return expect_right(lab, rows, contract, "values that look right")


@check("keys")
def keys_that_come_again(lab: Lab) -> str:
    contract = {
        "id": {"type": "int", "unique": True},
        "mail": {"type": "str", "unique": True, "nullable": True},
        "age": {"type": "int", "low": 0},
    }
    rng, rows = random.Random(23), []
    for _ in range(200):
        mail = rng.choice([None, *(f"m{number}" for number in range(80))])
        rows.append({"id": rng.randrange(120), "mail": mail, "age": rng.randrange(-20, 60)})
    return expect_right(lab, rows, contract, "keys that come again")
