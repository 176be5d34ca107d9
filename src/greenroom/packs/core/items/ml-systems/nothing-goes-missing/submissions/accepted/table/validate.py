"""Which rows of a batch are taken."""

from math import isfinite
from typing import Any

from rules import TYPES, Contract, Reason


def check(rows: list[Any], contract: Contract) -> tuple[list[int], list[tuple[int, list[Reason]]]]:
    """Return the numbers of accepted rows, and each rejected one with its reasons."""
    accepted: list[int] = []
    rejected: list[tuple[int, list[Reason]]] = []
    taken: dict[str, set[Any]] = {field: set() for field, rule in contract.items() if rule.get("unique")}
    for number, row in enumerate(rows):
        reasons = reasons_of(row, contract)
        if not reasons:
            reasons = [(field, "duplicate") for field, values in taken.items() if row.get(field) in values]
        if reasons:
            rejected.append((number, reasons))
            continue
        accepted.append(number)
        for field, values in taken.items():
            if row.get(field) is not None:
                values.add(row[field])
    return accepted, rejected


def reasons_of(row: Any, contract: Contract) -> list[Reason]:
    """Return all that is wrong with *row* by itself."""
    if not isinstance(row, dict):
        return [("", "row")]
    known = [(field, code_of(row, field, rule)) for field, rule in contract.items()]
    unknown = [(field, "unknown") for field in sorted(row.keys() - contract.keys())]
    return [(field, code) for field, code in known if code is not None] + unknown


def code_of(row: dict[str, Any], field: str, rule: dict[str, Any]) -> str | None:
    """Return what is wrong with one field, None when nothing is."""
    if field not in row:
        return None if rule.get("optional") else "missing"
    value = row[field]
    if value is None:
        return None if rule.get("nullable") else "null"
    wanted = TYPES[rule["type"]]
    if type(value) is not wanted and not (wanted is float and type(value) is int):
        return "type"
    if wanted in (int, float):
        within = rule.get("low", value) <= value <= rule.get("high", value)
        if not (isfinite(value) and within):
            return "range"
    if "choices" in rule and value not in rule["choices"]:
        return "choice"
    return None
