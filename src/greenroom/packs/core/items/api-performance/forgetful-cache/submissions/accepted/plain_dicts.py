def replay(capacity, ttl, operations):
    # a plain dict keeps the order of insertion; to move a key to the end, take it out and put it back
    used, written, out = {}, {}, []
    for at, op, key, value in operations:
        expired = []
        for k, w in written.items():
            if w + ttl > at:
                break
            expired.append(k)
        for k in expired:
            del written[k], used[k]
        if op == "get":
            if key in used:
                used[key] = used.pop(key)
                out.append(used[key])
            else:
                out.append(None)
        else:
            if key in used:
                del used[key], written[key]
            elif len(used) == capacity:
                oldest = next(iter(used))
                del used[oldest], written[oldest]
            used[key] = value
            written[key] = at
    return out
