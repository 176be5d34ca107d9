def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    callers: dict[str, list[str]] = {}
    for caller, callee in calls:
        callers.setdefault(callee, []).append(caller)
    seen = set(failed)
    answer: list[str] = []

    def spread(service: str, left: int) -> None:
        if left == 0:
            return
        for caller in callers.get(service, []):
            if caller not in seen:
                seen.add(caller)
                answer.append(caller)
                spread(caller, left - 1)

    for service in failed:
        spread(service, hops)
    return answer
