"""Rules as a list of (code, is it broken) in their order."""

from rules import TYPES

INFINITE = float("inf")


def is_type(value, rule):
    return type(value) is TYPES[rule["type"]] or (rule["type"] == "float" and type(value) is int)


def in_range(value, rule):
    if rule["type"] not in ("int", "float"):
        return True
    return abs(value) < INFINITE and rule.get("low", -INFINITE) <= value <= rule.get("high", INFINITE)


def code_of(row, field, rule):
    if field not in row:
        return "" if rule.get("optional") else "missing"
    value = row[field]
    if value is None:
        return "" if rule.get("nullable") else "null"
    steps = (("type", is_type), ("range", in_range), ("choice", lambda v, r: "choices" not in r or v in r["choices"]))
    return next((code for code, holds in steps if not holds(value, rule)), "")


def check(rows, contract):
    """Return accepted numbers and rejected ones with reasons."""
    accepted, rejected, seen = [], [], set()
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            rejected.append((number, [("", "row")]))
            continue
        reasons = [(field, code_of(row, field, rule)) for field, rule in contract.items()]
        reasons = [one for one in reasons if one[1]] + [(f, "unknown") for f in sorted(set(row) - set(contract))]
        if not reasons:
            keys = [(f, row[f]) for f, rule in contract.items() if rule.get("unique") and row.get(f) is not None]
            reasons = [(field, "duplicate") for field, value in keys if (field, value) in seen]
            if not reasons:
                seen.update(keys)
        accepted.append(number) if not reasons else rejected.append((number, reasons))
    return accepted, rejected
