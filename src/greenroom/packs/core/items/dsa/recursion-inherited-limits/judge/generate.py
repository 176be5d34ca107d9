"""Random units, and levels whose teams share all their parents."""


def cases(rng):
    for number in range(3):
        parents, own = _random(rng, 30)
        positive = {team: limit + 1 for team, limit in own.items()} | {"u0": 5}
        yield {"name": f"random units {number + 1}", "group": "basic", "args": [_rooted(parents), positive]}
        yield {"name": f"random units with zeros {number + 1}", "group": "zero", "args": [parents, own]}

    yield _levels("eighty levels, one limit at the top", 80, {"n0-1": 250}, 250)
    yield _levels("eighty levels and no limit at all", 80, {}, None)
    yield _levels("eighty levels, two limits at the top", 80, {"n0-0": 2, "n0-1": 1}, 2)
    teams = {f"team{at}": [f"n79-{at % 2}"] for at in range(6_000)}
    yield _levels("six thousand teams below the levels", 80, {"n0-0": 4, "n0-1": 9}, 9, teams)


def _levels(name, depth, own, inherited, teams=None):
    parents = {f"n{level}-{at}": [f"n{level - 1}-0", f"n{level - 1}-1"] if level else [] for level in range(depth) for at in range(2)}
    # The lowest level first: so a loop in the order of the dictionary finds nothing ready.
    parents = dict(reversed(parents.items())) | (teams or {})
    expect = {team: own.get(team, inherited if above else None) for team, above in parents.items()}
    return {"name": name, "group": "shared", "args": [parents, own], "expect": expect}


def _random(rng, size):
    parents = {f"u{at}": [f"u{above}" for above in rng.sample(range(at), min(at, rng.randint(0, 3)))] for at in range(size)}
    own = {team: rng.choice([0, 0, 1, rng.randint(2, 99)]) for team in parents if rng.random() < 0.3}
    order = rng.sample(sorted(parents), size)
    return {team: parents[team] for team in order}, own


def _rooted(parents):
    """The same with every top unit but the first put below the first, so that everybody inherits something."""
    return {team: above or ([] if team == "u0" else ["u0"]) for team, above in parents.items()}
