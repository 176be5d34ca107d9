def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    order: list[str] = []
    state: dict[str, str] = {}
    path: list[str] = []

    def visit(service: str) -> list[str] | None:
        if state.get(service) == "done":
            return None
        if state.get(service) == "begun":
            return path[path.index(service) :]
        state[service] = "begun"
        path.append(service)
        for need in needs.get(service, []):
            circle = visit(need)
            if circle is not None:
                return circle
        path.pop()
        state[service] = "done"
        order.append(service)
        return None

    for service in needs:
        circle = visit(service)
        if circle is not None:
            return ("circle", circle)
    return ("order", order)
