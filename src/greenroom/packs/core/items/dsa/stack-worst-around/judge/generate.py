"""Short random series with many ties, and hours that punish a search around every sample."""


def cases(rng):
    for number in range(4):
        distinct = rng.randint(2, 5)
        series = [rng.randint(1, distinct) for _ in range(rng.randint(8, 40))]
        yield {"name": f"random with ties {number + 1}", "group": "ties", "args": [series]}
    series = rng.sample(range(1000), 60)
    yield {"name": "random without ties", "group": "basic", "args": [series]}

    span = 24_000
    yield {"name": "hours that creep up", "group": "scale", "args": [list(range(span))], "expect": list(range(1, span + 1))}
    yield {"name": "hours on one level", "group": "scale", "args": [[250] * span], "expect": [span] * span}
    yield {"name": "hours that calm down", "group": "scale", "args": [list(range(span, 0, -1))], "expect": list(range(span, 0, -1))}
    yield _saw(rng, 20_000)


def _saw(rng, length):
    """A rising series with a dip to zero after every sample: the dips reach one, sample i of the rise reaches 2i + 2."""
    rise = sorted(rng.sample(range(1, 10 * length), length // 2))
    series = [value for peak in rise for value in (peak, 0)]
    expect = [value for index in range(len(rise)) for value in (2 * index + 2, 1)]
    return {"name": "a rising saw", "group": "scale", "args": [series], "expect": expect}
