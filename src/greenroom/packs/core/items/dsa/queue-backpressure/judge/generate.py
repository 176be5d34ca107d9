"""Small random traffic with many ties, and traffic that is long in requests or in seconds."""


def cases(rng):
    for number in range(6):
        group = ("instant", "patience")[number % 2]
        patience = 500 if group == "instant" else 9
        requests, now = [], 0
        for _ in range(30):
            now += rng.choice([0, 0, 1, 2, 3])
            requests.append((now, rng.randint(1, 4), rng.randint(0, patience) if group == "patience" else patience))
        yield {"name": f"random {group} {number // 2 + 1}", "group": group, "args": [requests, rng.randint(0, 4)]}
    yield _steady_overload()
    yield _seldom()
    yield _pile_of_gone_clients()


def _steady_overload():
    """One a second, each takes two: every other one must be refused once the room is full."""
    total, room = 20_000, 5_000
    requests = [(second, 2, 10**6) for second in range(total)]
    served = 0
    expect = []
    for second in range(total):
        waiting = served - second // 2 - 1
        if second == 0 or waiting < room:
            served += 1
            expect.append(2 * served)
        else:
            expect.append(-1)
    return {"name": "steady overload", "group": "scale", "args": [requests, room], "expect": expect}


def _seldom():
    requests = [(number * 10**11, 10**10 + number, 0) for number in range(2_000)]
    return {
        "name": "two thousand requests in six million years",
        "group": "scale",
        "args": [requests, 7],
        "expect": [arrival + work for arrival, work, _ in requests],
    }


def _pile_of_gone_clients():
    total = 20_000
    requests = [(0, 10**9, 0)] + [(second, 5, 100) for second in range(1, total)] + [(10**9 + 7, 3, 0)]
    expect = [10**9] + [-2] * (total - 1) + [10**9 + 10]
    return {"name": "everybody has gone", "group": "scale", "args": [requests, total], "expect": expect}
