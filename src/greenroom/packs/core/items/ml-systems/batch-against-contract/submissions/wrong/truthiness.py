def violations(rows, contract):
    found = []
    for i, row in enumerate(rows):
        for column, rule in contract.items():
            v = row.get(column)
            if not v:
                found.append((i, column, "missing"))
            elif rule.get("low") and v < rule["low"] or rule.get("high") and v > rule["high"]:
                found.append((i, column, "range"))
        for column in row:
            if column not in contract:
                found.append((i, column, "unknown"))
    return found
