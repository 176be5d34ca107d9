"""Small random reports with many touching outages, and long ones whose answers are known by construction."""


def cases(rng):
    for number in range(8):
        group = "touching" if number % 2 else "basic"
        gaps = (0, 0, 1, 3) if group == "touching" else (1, 2, 5)
        reports = [_report(rng, rng.randint(5, 14), gaps) for _ in range(2)]
        yield {"name": f"random {number + 1}", "group": group, "args": reports}

    count, step = 25_000, 900_000
    first = [[at * step, at * step + 600_000] for at in range(count)]
    second = [[at * step + 300_000, at * step + 800_000] for at in range(count)]
    expect = [[at * step + 300_000, at * step + 600_000] for at in range(count)]
    yield {"name": "a long report", "group": "scale", "args": [first, second], "expect": expect}

    week = [[0, count * step]]
    yield {"name": "one machine was switched off", "group": "scale", "args": [week, first], "expect": first}
    yield {"name": "the other one was switched off", "group": "scale", "args": [second, week], "expect": second}

    flapping = [[at * 10, at * 10 + 10] for at in range(count)]
    apart = [[at * 20_000 + 5, at * 20_000 + 15_000] for at in range(12)]
    yield {"name": "a machine that flaps", "group": "scale", "args": [flapping, apart], "expect": apart}


def _report(rng, length, gaps):
    outages, now = [], rng.randint(0, 3)
    for _ in range(length):
        end = now + rng.randint(1, 6)
        outages.append([now, end])
        now = end + rng.choice(gaps)
    return outages
