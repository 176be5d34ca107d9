import math


def violations(rows, contract):
    found = []
    seen = {}
    for i, row in enumerate(rows):
        for column in contract:
            rule = contract[column]
            v = row.get(column)
            if v is None:
                if not rule.get("optional", False):
                    found.append((i, column, "missing"))
                continue
            t = rule["type"]
            if isinstance(v, bool):
                good = t == "bool"
            elif isinstance(v, int):
                good = t in ("int", "float")
            elif isinstance(v, float):
                good = t == "float" and not math.isnan(v)
            else:
                good = t == "str"
            if not good:
                found.append((i, column, "type"))
                continue
            before = seen.setdefault(column, {}) if rule.get("unique") else {}
            duplicate = v in before
            before[v] = i
            if "low" in rule and v < rule["low"] or "high" in rule and v > rule["high"]:
                found.append((i, column, "range"))
            elif duplicate:
                found.append((i, column, "duplicate"))
        found += [(i, column, "unknown") for column in sorted(row) if column not in contract]
    return found
