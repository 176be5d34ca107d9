"""Short random lists, and long ones whose entropy follows from how they are made."""

from math import log2


def cases(rng):
    for number in range(6):
        clients = [rng.choice("abcdefgh"[: rng.randint(2, 8)]) for _ in range(rng.randint(20, 60))]
        yield {"name": f"random {number + 1}", "group": "basic", "args": [clients, rng.randint(2, 15)]}

    count, width = 40_000, 8_000
    windows = count - width + 1

    around = [f"client {at % 2_000}" for at in range(count)]
    yield {"name": "two thousand in turn", "group": "scale", "args": [around, width], "expect": [log2(2_000)] * windows}

    pairs = [f"client {at // 2}" for at in range(count)]
    odd = log2(width) - (width - 2) / width
    even = log2(width) - 1
    expect = [odd if start % 2 else even for start in range(windows)]
    yield {"name": "everybody comes twice", "group": "scale", "args": [pairs, width], "expect": expect}

    quiet = count // 2
    takeover = [f"client {at}" if at < quiet else "crawler" for at in range(count)]
    expect = []
    for start in range(windows):
        crawled = min(max(start + width - quiet, 0), width)
        expect.append(log2(width) - (crawled * log2(crawled) / width if crawled else 0.0))
    yield {"name": "a crawler takes over", "group": "scale", "args": [takeover, width], "expect": expect}
