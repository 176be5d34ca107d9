"""Random forests in a shuffled order, and chains of two lengths."""


def cases(rng):
    for number in range(5):
        parent, own = _shuffled(rng, [rng.randrange(-1, at) if at else -1 for at in range(30)])
        yield {"name": f"random forest {number + 1}", "group": "any-order", "args": [parent, own]}

    chain = list(range(-1, 1_999))
    yield {"name": "two thousand levels", "group": "deep", "args": [chain, [1] * 2_000], "expect": list(range(2_000, 0, -1))}
    yield _known_chain(rng, "two thousand levels in disorder", "deep", 2_000)
    upside_down = [*range(1, 2_000), -1]
    yield {
        "name": "two thousand levels, the deepest first",
        "group": "deep",
        "args": [upside_down, [3] * 2_000],
        "expect": list(range(3, 6_001, 3)),
    }

    size = 30_000
    yield _known_chain(rng, "thirty thousand levels", "scale", size)
    # A flat forest: a walk that looks for the children of each folder in the whole list fails here.
    parent = [-1] * 10_000 + list(range(10_000)) + list(range(10_000))
    yield {
        "name": "thirty thousand folders, two levels",
        "group": "scale",
        "args": [parent, [1] * size],
        "expect": [3] * 10_000 + [1] * 20_000,
    }
    yield {
        "name": "thirty thousand levels, the deepest first",
        "group": "scale",
        "args": [[*range(1, size), -1], [10**10] * size],
        "expect": [10**10 * (at + 1) for at in range(size)],
    }


def _shuffled(rng, parent):
    place = list(range(len(parent)))
    rng.shuffle(place)
    shuffled = [-1] * len(parent)
    for at, above in enumerate(parent):
        shuffled[place[at]] = place[above] if above >= 0 else -1
    return shuffled, [rng.randint(0, 10**6) for _ in parent]


def _known_chain(rng, name, group, size):
    """A chain whose folders stand in a random order; the total of each is the sum of those from it downwards."""
    order = list(range(size))
    rng.shuffle(order)
    own = [rng.randint(0, 10**6) for _ in range(size)]
    parent, total = [-1] * size, list(own)
    for above, below in zip(reversed(order[:-1]), reversed(order[1:]), strict=True):
        parent[below] = above
        total[above] += total[below]
    return {"name": name, "group": group, "args": [parent, own], "expect": total}
