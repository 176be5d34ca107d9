"""Short random logs, and long ones in which one client dominates; their answers are known by construction."""


def cases(rng):
    for number in range(6):
        names = ["ann", "bob", "eve", "kim"][: rng.randint(2, 4)]
        now, lines = rng.randint(0, 50), []
        for _ in range(60):
            now += rng.choice((0, 1, 1, 2, 5))
            lines.append((now, rng.choice(names)))
        yield _case(f"random {number + 1}", "borders", rng.randint(2, 5), rng.randint(4, 15), lines)

    count = 80_000
    # Ten lines per second: in a window of 3000 seconds lie 30 000 of them.
    crowd = [(at // 10, "crawler") for at in range(count)]
    later = [(time + 1_500, client) for time, client in crowd]
    yield _case("one client, just allowed", "scale", 30_000, 3_000, crowd, "nobody")
    yield _case("one client, just not allowed", "scale", 29_999, 3_000, later, "crawler 4499")
    late = [(at // 10, "crawler" if at % 100 else "mouse") for at in range(count)]
    yield _case("a mouse beside the crawler", "scale", 699, 7_000, late, "crawler 70\nmouse 6990")
    many = [(at // 10, f"c{at % 40_000}") for at in range(count)]
    yield _case("many clients, twice each", "scale", 1, 4_000, many, "nobody")


def _case(name, group, limit, window, lines, expect=None):
    text = f"{limit} {window}\n" + "".join(f"{time} {client}\n" for time, client in lines)
    case = {"name": name, "group": group, "stdin": text}
    return case if expect is None else case | {"expect": expect + "\n"}
