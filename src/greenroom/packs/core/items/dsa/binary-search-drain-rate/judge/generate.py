"""Short random recordings, and whole weeks whose answer is known from how they are built."""


def cases(rng):
    for number in range(5):
        arrivals = [rng.choice([0, rng.randint(0, 9), rng.randint(0, 60)]) for _ in range(rng.randint(5, 25))]
        yield {"name": f"random recording {number + 1}", "group": "basic", "args": [arrivals, rng.randint(0, 80)]}
    minutes = 10_080

    each = 10**12 - 7
    room = 123_456_789_012_345
    # After all the minutes, minutes * (each - rate) are left.
    yield {
        "name": "a steady flood",
        "group": "scale",
        "args": [[each] * minutes, room],
        "expect": each - room // minutes,
    }

    burst = 987_654_321_987
    arrivals = [rng.randint(0, 1000) for _ in range(minutes)]
    arrivals[minutes // 2] = burst
    arrivals[minutes // 2 - 1] = 0
    yield {"name": "one burst in a long week", "group": "scale", "args": [arrivals, 10**11], "expect": burst - 10**11}

    quiet = [0, 1] * 2_000
    rush = [500_000_000_001] * 3_000
    yield {
        "name": "rush hours after a quiet night",
        "group": "scale",
        "args": [quiet + rush + quiet, 10**13],
        "expect": 500_000_000_001 - 10**13 // 3_000,
    }
