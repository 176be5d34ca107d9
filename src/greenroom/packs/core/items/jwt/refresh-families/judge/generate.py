"""Random stories, and two long ones: many families that end, and one chain that is very long."""


def story(rng, length, lifetime):
    at, issued, events = 0, 0, []
    for _ in range(length):
        at += rng.choice((0, 0, 1, 2, 5))
        action = rng.choices(("login", "refresh", "logout"), (2, 9, 1))[0]
        if action == "login" or not issued:
            events.append([at, "login", rng.choice(("ann", "bob", "eve"))])
            issued += 1
            continue
        recent = max(1, issued - rng.choice((0, 0, 1, 2, 6)))
        token = f"t{rng.choice((recent, recent, rng.randint(1, issued + 1)))}"
        events.append([at, action, token])
        issued += action == "refresh" and rng.random() < 0.5
    return [events, lifetime]


def cases(rng):
    for number in range(4):
        yield {"name": f"a story without an end ({number})", "group": "rotation", "args": chains(rng)}
        yield {"name": f"a story ({number})", "group": "reuse", "args": story(rng, 60, 10_000)}
        yield {"name": f"a story with short lives ({number})", "group": "ending", "args": story(rng, 80, 6)}
    size = 10_000
    many = [[n, "login", f"user{n}"] for n in range(size)]
    many += [[size + n, "refresh", f"t{n + 1}"] for n in range(size)]
    many += [[2 * size + n, "refresh", f"t{n + 1}"] for n in range(size)]
    yield {"name": "many families, each with a thief", "group": "scale", "args": [many, 10**9]}
    long = [[0, "login", "ann"]] + [[n, "refresh", f"t{n}"] for n in range(1, 20_000)]
    long += [[20_000, "refresh", "t7"], [20_001, "refresh", "t20000"]]
    yield {"name": "one very long chain", "group": "scale", "args": [long, 10**9]}
    few = size // 3
    ended = [[n, "login", "bob"] for n in range(few + 1)]
    for n in range(few):
        ended += [[size + n, "logout", f"t{n + 1}"], [size + n, "refresh", f"t{n + 1}"]]
    ended.append([2 * size, "refresh", f"t{few + 1}"])
    yield {"name": "all of his devices but one go home", "group": "scale", "args": [ended, 10**9]}


def chains(rng):
    """Only honest refreshes, of three logins in turns."""
    current, events = ["t1", "t2", "t3"], [[0, "login", "ann"], [0, "login", "bob"], [1, "login", "ann"]]
    for issued in range(4, 40):
        who = rng.randrange(3)
        events.append([issued, "refresh", current[who]])
        current[who] = f"t{issued}"
    return [events, 1000]
