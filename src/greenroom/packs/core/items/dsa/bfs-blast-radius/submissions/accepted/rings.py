def affected(calls, failed, hops):
    called_by = {}
    for a, b in calls:
        called_by.setdefault(b, set()).add(a)
    seen = set(failed)
    ring = set(failed)
    while ring and hops > 0:
        hops -= 1
        ring = {caller for service in ring for caller in called_by.get(service, ())} - seen
        seen |= ring
    return list(seen - set(failed))
