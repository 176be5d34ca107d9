def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    result: dict[str, int | None] = {}

    def limit(team: str) -> int | None:
        if team not in result:
            result[team] = own.get(team) or max((limit(parent) or 0 for parent in parents[team]), default=0) or None
        return result[team]

    return {team: limit(team) for team in parents}
