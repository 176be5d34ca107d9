"""Ring by ring, by going through the whole log for each ring. For small landscapes."""


def oracle(calls, failed, hops):
    known = set(failed)
    for _ in range(min(hops, len(calls))):
        known |= {caller for caller, callee in calls if callee in known}
    return sorted(known - set(failed))
