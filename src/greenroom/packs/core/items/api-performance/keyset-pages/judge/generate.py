"""Random lists that are walked to the end, sizes above the cap, and deep pages of a long list."""


def table(rng, length, spread):
    ids = rng.sample(range(1, 10 * length), length)
    return sorted([rng.randrange(spread), one] for one in ids)


def walk(rows, size):
    """The requests of a client that goes to the end, without the help of any paging."""
    listed = rows[::-1]
    return [[None, size]] + [[listed[n - 1], size] for n in range(size, len(listed), size)]


def cases(rng):
    for number, size in enumerate((1, 3, 7)):
        rows = table(rng, 40, 10_000)
        yield {"name": f"to the end, {size} at a time", "group": "walk", "args": [rows, walk(rows, size)]}
        rows = table(rng, 40, 4 + number)
        yield {"name": f"few times, {size} at a time", "group": "ties", "args": [rows, walk(rows, size)]}
    rows = table(rng, 350, 200)
    sizes = [[None, n] for n in (99, 100, 101, 5_000_000)] + [[rows[120], 1000], [rows[100], 100], [rows[99], 200]]
    yield {"name": "more than a page can hold", "group": "edges", "args": [rows, sizes]}
    kept = [row for row in rows if rng.random() < 0.5]
    yield {"name": "half of the rows deleted", "group": "edges", "args": [kept, [[row, 5] for row in rows[::9]]]}
    for number, (length, spread) in enumerate(((60_000, 300), (5_000, 5), (5_000, 10**9))):
        rows = table(rng, length, spread)
        deep = [[rows[rng.randrange(length // 6)], rng.randint(3, 6)] for _ in range(length // 24)]
        yield {"name": f"deep pages ({number})", "group": "scale", "args": [rows, deep]}
