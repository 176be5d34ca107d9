"""Which rows of a batch are taken."""

from typing import Any

from rules import TYPES, Contract, Reason


def check(rows: list[Any], contract: Contract) -> tuple[list[int], list[tuple[int, list[Reason]]]]:
    """Return the numbers of accepted rows, and each rejected one with its reasons."""
    accepted: list[int] = []
    rejected: list[tuple[int, list[Reason]]] = []
    for number, row in enumerate(rows):
        try:
            reason = first_reason(row, contract)
        except (KeyError, TypeError, ValueError):
            continue
        if reason is None:
            accepted.append(number)
        else:
            rejected.append((number, [reason]))
    return accepted, rejected


def first_reason(row: dict[str, Any], contract: Contract) -> Reason | None:
    """Return what is wrong with *row*, None when nothing is."""
    for field, rule in contract.items():
        value = TYPES[rule["type"]](row[field])
        if "low" in rule and value < rule["low"] or "high" in rule and value > rule["high"]:
            return field, "range"
        if "choices" in rule and value not in rule["choices"]:
            return field, "choice"
    return None
