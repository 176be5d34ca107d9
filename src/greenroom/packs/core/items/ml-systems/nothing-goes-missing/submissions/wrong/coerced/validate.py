"""What can be converted is converted; what cannot is skipped, but logged."""

import logging

from rules import TYPES


def check(rows, contract):
    """Return accepted numbers and rejected ones."""
    accepted, rejected = [], []
    for number, row in enumerate(rows):
        try:
            reasons = []
            for field, rule in contract.items():
                value = TYPES[rule["type"]](row[field])
                if value < rule.get("low", value) or value > rule.get("high", value):
                    reasons.append((field, "range"))
                elif "choices" in rule and value not in rule["choices"]:
                    reasons.append((field, "choice"))
        except Exception:
            logging.warning("row %s cannot be read", number)
            continue
        accepted.append(number) if not reasons else rejected.append((number, reasons))
    return accepted, rejected
