def affected(calls: list[tuple[str, str]], failed: list[str], hops: int) -> list[str]:
    seen = list(dict.fromkeys(failed))
    queue = [(service, 0) for service in seen]
    answer = []
    while queue:
        service, away = queue.pop(0)
        if away == hops:
            continue
        for caller, callee in calls:
            if callee == service and caller not in seen:
                seen.append(caller)
                answer.append(caller)
                queue.append((caller, away + 1))
    return answer
