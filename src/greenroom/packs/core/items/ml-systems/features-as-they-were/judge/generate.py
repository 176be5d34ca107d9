"""Short random histories, and long ones of few customers whose answers are known by construction."""


def cases(rng):
    for number in range(8):
        events = [(rng.choice("ab"), rng.randint(0, 30)) for _ in range(12)]
        values = [(rng.choice("ab"), rng.randint(0, 30), rng.randint(0, 99) / 4) for _ in range(15)]
        yield {"name": f"random {number + 1}", "group": "leaks", "args": [events, values, rng.randint(3, 30)]}

    count = 25_000
    # Every ten seconds a value, which is the time at which it was written; events hit all remainders.
    values = [("shop", 10 * at, float(10 * at)) for at in range(count)]
    times = [rng.randint(1, 10 * count) for _ in range(count)]
    expect = [float((time - 1) // 10 * 10) for time in times]
    shuffled = rng.sample(values, count)
    yield _case("one large customer", [("shop", time) for time in times], shuffled, 10, expect)

    expect = [value if time - value <= 4 else None for time, value in zip(times, expect)]
    yield _case("one large customer, strict about age", [("shop", time) for time in times], shuffled, 4, expect)

    # Everything was written after the events.
    early = [("shop", -time) for time in times]
    yield _case("nothing was known", early, shuffled, 10**9, [None] * count)

    values = [(f"customer {at % 100}", at, float(at)) for at in range(count)]
    events = [(f"customer {at % 100}", at) for at in range(count)]
    expect = [float(at - 100) if at >= 100 else None for at in range(count)]
    yield _case("a value with each event", events, values, 10**6, expect)


def _case(name, events, values, max_age, expect):
    return {"name": name, "group": "scale", "args": [events, values, max_age], "expect": expect}
