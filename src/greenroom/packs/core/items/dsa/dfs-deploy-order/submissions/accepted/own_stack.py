from collections.abc import Iterator


def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    order: list[str] = []
    done: set[str] = set()
    for start in needs:
        if start in done:
            continue
        path = [start]
        on_path = {start}
        open_needs: list[Iterator[str]] = [iter(needs[start])]
        while path:
            need = next(open_needs[-1], None)
            if need is None:
                open_needs.pop()
                service = path.pop()
                on_path.remove(service)
                done.add(service)
                order.append(service)
            elif need in on_path:
                return ("circle", path[path.index(need) :])
            elif need not in done:
                path.append(need)
                on_path.add(need)
                open_needs.append(iter(needs.get(need, ())))
    return ("order", order)
