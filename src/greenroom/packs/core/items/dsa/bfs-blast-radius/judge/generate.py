"""Random landscapes, in which the order of the log varies, and large ones."""


def cases(rng):
    for number in range(6):
        names = [f"s{at}" for at in range(25)]
        calls = [(rng.choice(names), rng.choice(names)) for _ in range(45)]
        group = ("ways", "circles")[number % 2]
        yield {
            "name": f"random landscape {number + 1}",
            "group": group,
            "args": [calls, rng.sample(names, 2), rng.randint(2, 4) if group == "ways" else 1000],
        }

    length = 15_000
    chain = [(f"s{at + 1}", f"s{at}") for at in range(length)]
    rng.shuffle(chain)
    yield {
        "name": "a very long chain",
        "group": "scale",
        "args": [chain, ["s0"], 10**9],
        "expect": [f"s{at}" for at in range(1, length + 1)],
    }
    star = [(f"client{at}", "hub") for at in range(20_000)] + [("hub", "db")]
    yield {
        "name": "everybody calls the hub",
        "group": "scale",
        "args": [star, ["db"], 2],
        "expect": ["hub"] + [f"client{at}" for at in range(20_000)],
    }
    # Six services a layer, all of which call all of the layer below.
    layers = [(f"n{layer + 1}-{a}", f"n{layer}-{b}") for layer in range(500) for a in range(6) for b in range(6)]
    yield {
        "name": "layers with very many ways",
        "group": "scale",
        "args": [layers, ["n0-0"], 200],
        "expect": [f"n{layer}-{a}" for layer in range(1, 201) for a in range(6)],
    }
