"""Random graphs with and without circles, long chains, and layers with very many paths."""


def cases(rng):
    for number in range(3):
        yield {"name": f"random services {number + 1}", "group": "order", "args": [_random(rng, 40, 0)]}
        yield {"name": f"random services with circles {number + 1}", "group": "circle", "args": [_random(rng, 30, 2 + 2 * number)]}

    length = 12_000
    chain = {f"s{at}": [f"s{at + 1}"] for at in range(length)}
    large = [
        ("a long chain", "deep", "order", chain),
        ("a long chain, told from its end", "deep", "order", dict(reversed(chain.items()))),
        ("a long circle", "deep", "circle", chain | {f"s{length}": ["s17"]}),
        ("layers with very many paths", "scale", "order", _layers(60, 6)),
        ("layers that close at the bottom", "scale", "circle", _layers(60, 6) | {"n59-0": ["n30-0"]}),
        ("twenty thousand services over a few shared ones", "scale", "order", _fleet(rng, 20_000)),
    ]
    for name, group, kind, needs in large:
        yield {"name": name, "group": group, "args": [needs], "expect": [kind, []]}


def _fleet(rng, size):
    """Three layers: services, libraries that they share, and what these stand on."""
    libraries = {f"lib{at}": [f"base{at % 7}"] for at in range(200)}
    names = list(libraries)
    return {f"svc{at}": [rng.choice(names), rng.choice(names)] for at in range(size)} | libraries


def _random(rng, size, backwards):
    """Needs point to higher numbers, but for some that point back. Names are shuffled so that they betray nothing."""
    names = [f"svc{number}" for number in rng.sample(range(1000), size)]
    needs = {name: [] for name in rng.sample(names, size - 3)}
    for at, name in enumerate(names):
        if name in needs and at + 1 < size:
            needs[name] = [rng.choice(names[at + 1 :]) for _ in range(rng.randint(0, 3))]
    for _ in range(backwards):
        at = rng.randrange(1, size)
        needs.setdefault(names[at], []).append(rng.choice(names[: at + 1]))
    return needs


def _layers(depth, width):
    return {
        f"n{layer}-{at}": [f"n{layer + 1}-{below}" for below in range(width)] if layer + 1 < depth else []
        for layer in range(depth)
        for at in range(width)
    }
