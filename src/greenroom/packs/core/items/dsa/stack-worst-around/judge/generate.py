"""Short random series with many ties, and days that punish a search around every sample."""


def cases(rng):
    for number in range(6):
        distinct = rng.randint(2, 5)
        series = [rng.randint(1, distinct) for _ in range(rng.randint(8, 40))]
        yield {"name": f"random with ties {number + 1}", "group": "ties", "args": [series]}
    series = rng.sample(range(1000), 60)
    yield {"name": "random without ties", "group": "basic", "args": [series]}

    day = 86_400
    yield {"name": "a day that creeps up", "group": "scale", "args": [list(range(day))], "expect": list(range(1, day + 1))}
    yield {"name": "a day on one level", "group": "scale", "args": [[250] * day], "expect": [day] * day}
    yield {"name": "a day that calms down", "group": "scale", "args": [list(range(day, 0, -1))], "expect": list(range(day, 0, -1))}
    yield _saw(rng, 60_000)


def _saw(rng, length):
    """A rising series with a dip to zero after every sample: the dips reach one, sample i of the rise reaches 2i + 2."""
    rise = sorted(rng.sample(range(1, 10 * length), length // 2))
    series = [value for peak in rise for value in (peak, 0)]
    expect = [value for index in range(len(rise)) for value in (2 * index + 2, 1)]
    return {"name": "a rising saw", "group": "scale", "args": [series], "expect": expect}
