"""Deep chains, ladders of shared needs and wide endpoints, with answers known by construction."""


def cases(rng):
    for number in range(2):
        depth = 20_000 + rng.randrange(100)
        names = [f"c{index}" for index in range(depth)]
        needs = {names[index]: [names[index + 1]] for index in range(depth - 1)}
        entered = names[:0:-1]
        if number == 0:
            yield case("a deep chain", needs, "c0", [], finished(entered, "c0"))
            needs[names[-1]] = [names[depth // 2]]
            yield case("a deep circle", needs, "c0", [], ["cycle"])
        else:
            broken = names[depth // 3]
            done = names[: depth // 3 : -1]
            yield case("a deep chain that breaks", needs, "c0", [broken], failed(done, broken))

    layers = 6_000
    needs = {"e": ["a0", "b0"]}
    for layer in range(layers):
        below = [f"a{layer + 1}", f"b{layer + 1}"] if layer + 1 < layers else []
        needs[f"a{layer}"] = needs[f"b{layer}"] = below
    entered = [f"{side}{layer}" for layer in range(layers - 1, -1, -1) for side in "ab"]
    yield case("a ladder of shared needs", needs, "e", [], finished(entered, "e"))

    width = 40_000
    users = [f"u{index}" for index in range(width)]
    rng.shuffle(users)
    needs = {"e": users} | {user: ["db"] for user in users}
    yield case("many users of one session", needs, "e", [], finished(["db", *users], "e"))
    yield case("the last of many fails", needs, "e", [users[-1]], failed(["db", *users[:-1]], users[-1]))


def case(name, needs, endpoint, failing, expect):
    needs = {user: list(below) for user, below in needs.items()}
    return {"name": name, "group": "scale", "args": [needs, endpoint, [], failing], "expect": expect}


def finished(entered, endpoint):
    enters, exits = [f"enter {name}" for name in entered], [f"exit {name}" for name in reversed(entered)]
    return [*enters, f"call {endpoint}", "respond 200", *exits]


def failed(entered, broken):
    enters, exits = [f"enter {name}" for name in entered], [f"exit {name}" for name in reversed(entered)]
    return [*enters, f"fail {broken}", *exits, "respond 500"]
