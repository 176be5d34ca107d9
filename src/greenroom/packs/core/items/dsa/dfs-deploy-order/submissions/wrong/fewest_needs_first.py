def plan(needs: dict[str, list[str]]) -> tuple[str, list[str]]:
    services = set(needs)
    for before in needs.values():
        services.update(before)
    return ("order", sorted(services, key=lambda service: len(needs.get(service, []))))
