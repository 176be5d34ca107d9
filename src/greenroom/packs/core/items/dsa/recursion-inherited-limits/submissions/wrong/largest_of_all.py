def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    # Lets the own limit compete with the inherited ones instead of replacing them.
    result: dict[str, int | None] = {}

    def limit(team: str) -> int | None:
        if team not in result:
            limits = [limit(parent) for parent in parents[team]] + [own.get(team)]
            result[team] = max((one for one in limits if one is not None), default=None)
        return result[team]

    return {team: limit(team) for team in parents}
