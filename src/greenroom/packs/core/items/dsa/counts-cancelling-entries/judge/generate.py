"""Short random accounts, and long ones whose answer is known by construction."""


def cases(rng):
    for number in range(10):
        amounts = [rng.randint(-3, 3) for _ in range(rng.randint(5, 40))]
        yield {"name": f"random {number + 1}", "group": "edges", "args": [amounts]}

    count = 100_000
    half = count // 2
    yield {"name": "nothing but zeros", "group": "scale", "args": [[0] * count], "expect": [count * (count + 1) // 2, count]}

    # The balance alternates between 0 (half + 1 times) and 250 (half times).
    refunds = [250, -250] * half
    yield {"name": "each payment refunded", "group": "scale", "args": [refunds], "expect": [half * (half + 1) // 2 + half * (half - 1) // 2, count]}

    # Up and down again: every balance of the way up returns once on the way down.
    steps = [rng.randint(1, 10**9) for _ in range(half)]
    there_and_back = steps + [-step for step in reversed(steps)]
    yield {"name": "all taken back in the end", "group": "scale", "args": [there_and_back], "expect": [half, count]}

    yield {"name": "income only", "group": "scale", "args": [[rng.randint(1, 10**6) for _ in range(count)]], "expect": [0, 0]}
