"""Random sessions for the rules, and long ones for the cost."""


def cases(rng):
    for number in range(8):
        yield {"name": f"random session {number + 1}", "group": "nesting", "stdin": _session(rng, 40 * (number + 1))}
    yield _many_savepoints_over_a_large_store()
    yield _deep_then_read()
    yield _deep_then_kept()


def _session(rng, length):
    lines = []
    for _ in range(length):
        key = rng.choice("abcdef")
        writes = [f"SET {key} {rng.randint(1, 99)}"] * 2 + [f"DEL {key}"]
        lines.append(rng.choice([*writes, *writes, f"GET {key}", f"GET {key}", "SAVE", "SAVE", "SAVE", "UNDO", "KEEP"]))
    return _joined(lines + ["UNDO"] + [f"GET {key}" for key in "abcdef"])


def _joined(lines):
    return f"{len(lines)}\n" + "\n".join(lines) + "\n"


def _many_savepoints_over_a_large_store():
    lines = [f"SET key{number} old{number}" for number in range(45_000)]
    printed = []
    for number in range(60_000):
        key = number * 7 % 45_000
        lines += ["SAVE", f"SET key{key} new", "UNDO"]
        if number % 1000 == 0:
            lines.append(f"GET key{key}")
            printed.append(f"old{key}")
    return {"name": "60 000 savepoints over 45 000 keys", "group": "scale", "stdin": _joined(lines), "expect": "\n".join(printed)}


def _deep_then_read():
    depth = 40_000
    lines = ["SET base ground"]
    for number in range(depth):
        lines += ["SAVE", f"SET key{number} on"]
    lines += ["GET base"] * depth + ["UNDO"] * depth + ["GET key0", f"GET key{depth - 1}", "UNDO"]
    return {"name": "40 000 levels deep", "group": "scale", "stdin": _joined(lines), "expect": "ground\n" * depth + "-\n-\nnone"}


def _deep_then_kept():
    lines = [f"SET key{number} old" for number in range(30_000)]
    for number in range(30_000):
        lines += ["SAVE", f"SET key{number} new"]
    lines += ["UNDO"] * 15_000 + ["KEEP"] * 10
    lines += ["GET key0", "GET key14999", "GET key15000", "GET key29999"]
    return {"name": "30 000 levels over 30 000 keys", "group": "scale", "stdin": _joined(lines), "expect": "new\nnew\nold\nold"}
