"""Short random logs, and long ones with thousands of required steps; the latter's answers are known by construction."""


def cases(rng):
    for number in range(10):
        log = [rng.choice("abcdx") for _ in range(rng.randint(8, 24))]
        needed = {kind: rng.randint(1, 3) for kind in rng.sample("abcd", rng.randint(1, 3))}
        yield {"name": f"random {number + 1}", "group": "counts", "args": [log, needed]}

    kinds = [f"step {number}" for number in range(3_000)]
    needed = dict.fromkeys(kinds, 1) | {"release": 1}

    # The kinds go round and round; the release, which is asked for last, stands near the end.
    log = [kinds[at % 3_000] for at in range(60_000)]
    log.insert(50_000, "release")
    yield {"name": "round and round", "group": "scale", "args": [log, needed], "expect": [47_000, 50_001]}

    # The first needed line of all is the only one of its kind, so the stretch can hardly shrink.
    log = ["release", *(rng.choice(kinds[:-1]) for _ in range(60_000)), kinds[-1]]
    yield {"name": "from the first line to the last", "group": "scale", "args": [log, needed], "expect": [0, 60_002]}

    log = [kinds[at % 3_000] for at in range(60_000)]
    yield {"name": "no release", "group": "scale", "args": [log, needed], "expect": None}

    half = 20_000
    log = ["noise"] * 30_000 + ["build"] * half + ["test"] * half
    yield {"name": "many of two kinds", "group": "scale", "args": [log, {"build": half // 2, "test": half // 2}], "expect": [40_000, 60_000]}
