KINDS = {"int": int, "float": (int, float), "str": str, "bool": bool}


def violations(rows, contract):
    found = []
    seen = {column: set() for column in contract}
    for i, row in enumerate(rows):
        for column, rule in contract.items():
            v = row.get(column)
            if v is None:
                if not rule.get("optional"):
                    found.append((i, column, "missing"))
            elif not isinstance(v, KINDS[rule["type"]]):
                found.append((i, column, "type"))
            elif "low" in rule and v < rule["low"] or "high" in rule and v > rule["high"]:
                found.append((i, column, "range"))
            elif rule.get("unique") and v in seen[column]:
                found.append((i, column, "duplicate"))
            else:
                seen[column].add(v)
        found += [(i, column, "unknown") for column in sorted(set(row) - set(contract))]
    return found
