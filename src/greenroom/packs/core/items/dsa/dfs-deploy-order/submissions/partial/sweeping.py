def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    # Sweeps over everything that is left until nothing moves; whatever is stuck then is called the circle.
    left = {service: set(before) for service, before in needs.items()}
    for before in needs.values():
        for other in before:
            left.setdefault(other, set())
    order: list[str] = []
    placed: set[str] = set()
    moved = True
    while left and moved:
        moved = False
        for service in list(left):
            if left[service] <= placed:
                order.append(service)
                placed.add(service)
                del left[service]
                moved = True
    return ("circle", list(left)) if left else ("order", order)
