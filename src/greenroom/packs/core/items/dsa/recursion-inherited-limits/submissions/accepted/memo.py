def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    result: dict[str, int | None] = dict(own)

    def limit(team: str) -> int | None:
        if team not in result:
            found = [above for parent in parents[team] if (above := limit(parent)) is not None]
            result[team] = max(found, default=None)
        return result[team]

    return {team: limit(team) for team in parents}
