"""Random samples with gaps, and large columns whose index follows from how they are made."""

from math import log


def cases(rng):
    for number in range(6):
        edges = sorted(rng.sample(range(-5, 6), rng.randint(1, 4)))
        samples = [[_value(rng) for _ in range(rng.randint(5, 40))] for _ in range(2)]
        yield {"name": f"random {number + 1}", "group": "gaps", "args": [*samples, [float(edge) for edge in edges]]}

    edges = [float(at) for at in range(1, 1_001)]
    # Bins 0..1000 hold 80 values each; None holds none.
    even = [at % 1_001 + 0.5 for at in range(1_001 * 80)]
    yield _case("a thousand edges, nothing moved", even, [value - 0.5 for value in even], edges, 0.0)

    # Live, everything lies above the last edge.
    shares = [80.5, 0.5, 0.5, 1_001 * 80 + 0.5]
    size = 1_001 * 80 + 0.5 * 1_002
    p, gone, q = shares[0] / size, shares[1] / size, shares[3] / size
    expect = 1_000 * (gone - p) * log(gone / p) + (q - p) * log(q / p)
    yield _case("a thousand edges, all above them", even, [1_000.0 + value for value in even], edges, expect)

    # Live, every second value is missing.
    live = [None if at % 2 else 1_000.25 for at in range(20_000)]
    expect = _of_counts([80] * 1_001 + [0], [0] * 1_000 + [10_000, 10_000])
    yield _case("a thousand edges, half is missing", even, live, edges, expect)


def _value(rng):
    return None if rng.random() < 0.15 else rng.choice((0.0, float(rng.randint(-7, 7)), rng.uniform(-7, 7)))


def _of_counts(reference, live):
    p = [(count + 0.5) / (sum(reference) + 0.5 * len(reference)) for count in reference]
    q = [(count + 0.5) / (sum(live) + 0.5 * len(live)) for count in live]
    return sum((b - a) * log(b / a) for a, b in zip(p, q))


def _case(name, reference, live, edges, expect):
    return {"name": name, "group": "scale", "args": [reference, live, edges], "expect": expect}
