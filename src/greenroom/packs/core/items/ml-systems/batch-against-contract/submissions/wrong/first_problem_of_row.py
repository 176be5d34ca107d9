def violations(rows, contract):
    # Stops at the first problem of a row and takes no notice of unknown columns.
    found = []
    for i, row in enumerate(rows):
        for column, rule in contract.items():
            v = row.get(column)
            if v is None and not rule.get("optional"):
                found.append((i, column, "missing"))
                break
            if v is not None and type(v).__name__ != rule["type"]:
                found.append((i, column, "type"))
                break
            if v is not None and not rule.get("low", v) <= v <= rule.get("high", v):
                found.append((i, column, "range"))
                break
    return found
