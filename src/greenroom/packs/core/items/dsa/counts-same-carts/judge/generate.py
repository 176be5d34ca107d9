"""Few random carts with many coincidences, and nights with forty thousand whose answer is known by construction."""


def cases(rng):
    for number in range(8):
        carts = [[rng.choice("AABC") for _ in range(rng.randint(0, 4))] for _ in range(rng.randint(20, 40))]
        yield {"name": f"random {number + 1}", "group": "quantities", "args": [carts]}

    night = 40_000
    yield {"name": "one person's night", "group": "scale", "args": [[["A1", "B7"]] * night], "expect": night * (night - 1) // 2}

    carts = [[f"article {at}", "gift wrap", "gift wrap"] for at in range(night // 2)]
    twice = [list(reversed(cart)) for cart in carts]
    yield {"name": "everybody twice", "group": "scale", "args": [carts + twice], "expect": night // 2}

    carts = [["gift wrap"] * (at % 12) + [f"article {at}"] for at in range(night)]
    yield {"name": "everybody different", "group": "scale", "args": [carts], "expect": 0}

    # Each combination of up to 99 of one article and up to 19 of another comes twice.
    carts = [["A"] * (at % 100) + ["B"] * (at // 100 % 20) for at in range(4_000)]
    yield {"name": "large quantities", "group": "scale", "args": [carts], "expect": 4_000 // 2}
