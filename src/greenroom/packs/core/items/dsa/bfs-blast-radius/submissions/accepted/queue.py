from collections import defaultdict, deque


def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    callers: dict[str, list[str]] = defaultdict(list)
    for caller, callee in calls:
        callers[callee].append(caller)
    distance = dict.fromkeys(failed, 0)
    queue = deque(distance)
    while queue:
        service = queue.popleft()
        if distance[service] == hops:
            break
        for caller in callers.get(service, ()):
            if caller not in distance:
                distance[caller] = distance[service] + 1
                queue.append(caller)
    return [service for service, calls_away in distance.items() if calls_away > 0]
