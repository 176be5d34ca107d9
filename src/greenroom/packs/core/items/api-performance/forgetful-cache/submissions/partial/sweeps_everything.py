def replay(capacity, ttl, operations):
    # right, but each put looks at every entry
    entries = {}
    answers = []
    for stamp, (at, name, key, value) in enumerate(operations):
        if name == "get":
            entry = entries.get(key)
            if entry is None or entry["written"] + ttl <= at:
                answers.append(None)
            else:
                entry["used"] = stamp
                answers.append(entry["value"])
            continue
        entries = {k: e for k, e in entries.items() if e["written"] + ttl > at}
        if key not in entries and len(entries) >= capacity:
            victim = min(entries, key=lambda k: entries[k]["used"])
            del entries[victim]
        entries[key] = {"value": value, "written": at, "used": stamp}
    return answers
