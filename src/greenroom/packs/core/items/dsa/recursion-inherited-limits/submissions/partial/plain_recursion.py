def effective_limits(parents: dict[str, list[str]], own: dict[str, int]) -> dict[str, int | None]:
    def limit(team: str) -> int | None:
        if team in own:
            return own[team]
        found = [limit(parent) for parent in parents[team]]
        return max((one for one in found if one is not None), default=None)

    return {team: limit(team) for team in parents}
