"""Crowded short logs, on which the closest partner is often the wrong one, and long logs with a known answer."""


def cases(rng):
    for number in range(12):
        reach = rng.choice((20, 40, 80))
        logs = [sorted(rng.randint(0, reach) for _ in range(rng.randint(5, 16))) for _ in range(2)]
        yield {"name": f"crowded {number + 1}", "group": "greedy", "args": [*logs, rng.randint(1, 8)]}

    count = 40_000
    even = [at * 100 for at in range(count)]
    late = [time + 60 for time in even]
    yield {"name": "a constant skew", "group": "scale", "args": [even, late, 60], "expect": count}
    yield {"name": "in reach of the one before, too", "group": "scale", "args": [late, even, 60], "expect": count}
    yield {"name": "no two fit", "group": "scale", "args": [even, [time + 50 for time in even], 49], "expect": 0}
    burst = sorted(rng.randint(0, 1000) for _ in range(count))
    yield {"name": "a burst, everything fits", "group": "scale", "args": [burst, even[:30_000], 3_000_000], "expect": 30_000}
    lost = sorted(rng.sample(even, count // 2))
    yield {"name": "half of the lines were lost", "group": "scale", "args": [lost, late, 60], "expect": count // 2}
