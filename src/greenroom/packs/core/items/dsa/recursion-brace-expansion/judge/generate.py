"""Random patterns, and patterns that are deep, long or stand for very many names."""


def cases(rng):
    for number in range(4):
        yield {"name": f"random pattern {number + 1}", "group": "nested", "args": [_pattern(rng, 3)]}

    depth = 100
    yield {
        "name": "a hundred levels",
        "group": "long",
        "args": ["{" * depth + "core" + ",x}" * depth],
        "expect": ["core"] + ["x"] * depth,
    }
    yield {
        "name": "a hundred levels, text on the way in",
        "group": "long",
        "args": ["".join(f"{{{level},a" for level in range(depth)) + "}" * depth],
        "expect": [name for level in range(depth) for name in ["a" * level + str(level)]] + ["a" * depth],
    }
    yield {
        "name": "two thousand groups of one, then two",
        "group": "long",
        "args": ["{a}" * 2_000 + "{b,c}"],
        "expect": ["a" * 2_000 + "b", "a" * 2_000 + "c"],
    }
    yield {
        "name": "sixteen thousand names",
        "group": "long",
        "args": ["{a,b}" * 13 + "{,x}"],
        "expect": [_bits(number) + end for number in range(2**13) for end in ("", "x")],
    }


def _bits(number):
    return "".join("ab"[number >> (12 - bit) & 1] for bit in range(13))


def _pattern(rng, depth):
    parts = []
    for _ in range(rng.randint(1, 3)):
        if depth and rng.random() < 0.6:
            parts.append("{" + ",".join(_pattern(rng, depth - 1) for _ in range(rng.randint(1, 3))) + "}")
        else:
            parts.append(rng.choice(["a", "b", "-c", "d1"]))
    return "".join(parts)
