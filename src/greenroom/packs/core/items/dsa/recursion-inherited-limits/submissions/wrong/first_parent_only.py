def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    result = {}
    for team in parents:
        at = team
        while at not in own and parents[at]:
            at = parents[at][0]
        result[team] = own.get(at, 0)
    return result
