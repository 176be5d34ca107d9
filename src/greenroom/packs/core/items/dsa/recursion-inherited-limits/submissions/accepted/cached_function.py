from functools import cache


def effective_limits(parents, own):
    @cache
    def limit(team):
        if team in own:
            return own[team]
        best = None
        for parent in parents[team]:
            inherited = limit(parent)
            if inherited is not None and (best is None or inherited > best):
                best = inherited
        return best

    return {team: limit(team) for team in parents}
