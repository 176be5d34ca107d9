"""Small random logs with many equal times, and long histories."""


def cases(rng):
    for number in range(4):
        clock = dict.fromkeys("abc", 0)
        records, count = [], 60
        for at in range(count):
            key = rng.choice("abc")
            clock[key] += rng.choice([0, 0, 1, 3])
            records.append(f"{key} {clock[key]} {rng.choice(['-', f'v{at}', f'v{at}'])}")
        questions = [f"{rng.choice('abcd')} {rng.randint(0, 30)}" for _ in range(count)]
        yield {"name": f"random log {number + 1}", "group": ("borders", "gaps")[number % 2], "stdin": _joined(records, questions)}

    size = 20_000
    records = [f"limit {10 * at + 1} v{at}" for at in range(size)]
    asked = [rng.randrange(1, 10 * size) for _ in range(size)]
    yield {
        "name": "one key, a long history",
        "group": "scale",
        "stdin": _joined(records, [f"limit {time}" for time in asked]),
        "expect": "\n".join(f"v{(time - 1) // 10}" for time in asked),
    }
    records = [f"key{at % 4} {10**14 + at} v{at}" for at in range(size)]
    asked = [(rng.randrange(4), 10**14 + rng.randrange(4, size)) for _ in range(size)]
    yield {
        "name": "four keys, large times",
        "group": "scale",
        "stdin": _joined(records, [f"key{key} {time}" for key, time in asked]),
        "expect": "\n".join(f"v{time - 10**14 - (time - 10**14 - key) % 4}" for key, time in asked),
    }
    records = [f"flag {at // 1000} w{at}" for at in range(size)]
    asked = [rng.randrange(0, size // 1000) for _ in range(size)]
    yield {
        "name": "a thousand records a second",
        "group": "scale",
        "stdin": _joined(records, [f"flag {time}" for time in asked]),
        "expect": "\n".join(f"w{time * 1000 + 999}" for time in asked),
    }


def _joined(records, questions):
    return "\n".join([f"{len(records)} {len(questions)}", *records, *questions]) + "\n"
