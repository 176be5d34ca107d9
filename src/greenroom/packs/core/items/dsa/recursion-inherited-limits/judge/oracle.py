"""Sweep over all teams until every one is settled: a team is settled once all its parents are."""


def oracle(parents, own):
    settled = dict(own)
    while len(settled) < len(parents):
        for team, above in parents.items():
            if team not in settled and all(unit in settled for unit in above):
                limits = [settled[unit] for unit in above if settled[unit] is not None]
                settled[team] = max(limits) if limits else None
    return settled
