"""Random operations on small caches, and two long runs on a large one."""


def run(rng, length, keys, pause):
    at, operations = 0, []
    for number in range(length):
        at += rng.choice(pause)
        key = f"k{rng.randrange(keys)}"
        if rng.random() < 0.45:
            operations.append([at, "put", key, f"v{number}"])
        else:
            operations.append([at, "get", key, ""])
    return operations


def cases(rng):
    for number in range(4):
        short = run(rng, 80, 6, (0, 1, 2))
        yield {"name": f"short lives ({number})", "group": "expiry", "args": [10, 5, short]}
        crowd = run(rng, 120, 9, (0, 1))
        yield {"name": f"a crowd ({number})", "group": "eviction", "args": [4, 10_000, crowd]}
        mixed = run(rng, 200, 9, (0, 1, 2))
        yield {"name": f"crowded and short-lived ({number})", "group": "both", "args": [4 + number % 2, 9, mixed]}
    size = 12_000
    filled = [[0, "put", f"k{n}", "x"] for n in range(size)]
    fresh = filled + [[1, "put", f"n{n}", "y"] for n in range(8_000)]
    fresh += [[2, "get", f"k{n}", ""] for n in range(7_990, 8_010)] + [[2, "get", "n5", ""]]
    yield {"name": "new keys on a full cache", "group": "scale", "args": [size, 10**6, fresh]}
    reads = filled + [[1, "get", f"k{rng.randrange(size)}", ""] for _ in range(6_000)]
    reads += [[2, "put", f"n{n}", "y"] for n in range(6_000)]
    reads += [[3, "get", f"k{rng.randrange(size)}", ""] for _ in range(1_000)]
    yield {"name": "reads in any order", "group": "scale", "args": [size, 10**6, reads]}
    waves = []
    for n in range(9_000):
        waves.append([n, "put", f"k{n}", str(n)])
    waves += [[9_000 + n, "get", f"k{8_990 + n}", ""] for n in range(12)]
    yield {"name": "a stream of keys that die", "group": "scale", "args": [size, 7_000, waves]}
