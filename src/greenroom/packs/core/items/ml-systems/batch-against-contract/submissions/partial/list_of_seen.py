def violations(rows, contract):
    found = []
    seen = {column: [] for column in contract}
    for i, row in enumerate(rows):
        for column, rule in contract.items():
            v, kind = row.get(column), rule["type"]
            if v is None:
                if not rule.get("optional"):
                    found.append((i, column, "missing"))
                continue
            fits = type(v).__name__ == kind or (kind == "float" and type(v) is int)
            if not fits or v != v:
                found.append((i, column, "type"))
                continue
            again = v in seen[column]
            if rule.get("unique"):
                seen[column].append(v)
            if "low" in rule and v < rule["low"] or "high" in rule and v > rule["high"]:
                found.append((i, column, "range"))
            elif again:
                found.append((i, column, "duplicate"))
        for column in sorted(row):
            if column not in contract:
                found.append((i, column, "unknown"))
    return found
