def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    # One set for everything that was met: a shared service is taken for a circle.
    order: list[str] = []
    seen: set[str] = set()
    for start in needs:
        if start in seen:
            continue
        stack = [start]
        while stack:
            service = stack.pop()
            if service in seen:
                return ("circle", [service])
            seen.add(service)
            order.append(service)
            stack.extend(needs.get(service, []))
    return ("order", order[::-1])
