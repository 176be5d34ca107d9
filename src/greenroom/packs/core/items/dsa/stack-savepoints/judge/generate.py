"""Random sessions for the rules, and long ones for the cost."""


def cases(rng):
    for number in range(5):
        yield {"name": f"random session {number + 1}", "group": "nesting", "stdin": _session(rng, 60 * (number + 1))}
    yield _deep_over_a_large_store()
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


def _deep_over_a_large_store():
    """A copy of the store for each savepoint would hold 400 million entries."""
    lines = [f"SET key{number} old" for number in range(20_000)]
    for number in range(20_000):
        lines += ["SAVE", f"SET key{number} new"]
    lines += ["UNDO"] * 10_000 + ["KEEP"] * 10
    lines += ["GET key0", "GET key9999", "GET key10000", "GET key19999"]
    return {"name": "20 000 levels over 20 000 keys", "group": "scale", "stdin": _joined(lines), "expect": "new\nnew\nold\nold"}


def _deep_then_read():
    """A layer for each savepoint would be walked through 300 million times."""
    depth = 17_500
    lines = ["SET base up"]
    for number in range(depth):
        lines += ["SAVE", f"SET key{number} on"]
    lines += ["GET base"] * depth + ["UNDO"] * depth + ["GET key0", f"GET key{depth - 1}", "UNDO"]
    return {"name": "17 500 levels deep", "group": "scale", "stdin": _joined(lines), "expect": "up\n" * depth + "-\n-\nnone"}


def _deep_then_kept():
    lines = [f"SET key{number} old" for number in range(20_000)]
    for number in range(2_000):
        lines += ["SAVE", f"SET key{number} new"]
    lines += ["KEEP"] * 1_999 + ["GET key0", "GET key1999", "UNDO", "GET key0", "GET key1999", "UNDO"]
    return {"name": "2 000 levels, all kept but the first", "group": "scale", "stdin": _joined(lines), "expect": "new\nnew\nold\nold\nnone"}
