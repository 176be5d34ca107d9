def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    callers: dict[str, list[str]] = {}
    for caller, callee in calls:
        callers.setdefault(callee, []).append(caller)
    seen = set(failed)
    answer = []
    stack = [(service, 0) for service in seen]
    while stack:
        service, away = stack.pop()
        if away >= hops:
            continue
        for caller in callers.get(service, []):
            if caller not in seen:
                seen.add(caller)
                answer.append(caller)
                stack.append((caller, away + 1))
    return answer
