from collections import deque


def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    # Goes from the failed service to those that it calls.
    callees: dict[str, list[str]] = {}
    for caller, callee in calls:
        callees.setdefault(caller, []).append(callee)
    seen, queue, answer = set(failed), deque((service, 0) for service in failed), []
    while queue:
        service, away = queue.popleft()
        if away == hops:
            continue
        for callee in callees.get(service, []):
            if callee not in seen:
                seen.add(callee)
                answer.append(callee)
                queue.append((callee, away + 1))
    return answer
