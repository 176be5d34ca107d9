"""Large batches, in which every thousandth row is a repetition; the answers are known by construction."""


def cases(rng):
    contract = {"order_id": {"type": "int", "unique": True}, "amount": {"type": "float", "low": 0.0, "high": 500.0}}
    count = 40_000
    rows = [{"order_id": at, "amount": float(at % 500)} for at in range(count)]
    yield _case("a large clean batch", rows, contract, [])

    repeated = [dict(row) for row in rows]
    expect = []
    for at in range(1_000, count, 1_000):
        repeated[at]["order_id"] = rng.randrange(at)
        expect.append([at, "order_id", "duplicate"])
    yield _case("some ids twice", repeated, contract, expect)

    half = rows[: count // 2]
    again = [[at, "order_id", "duplicate"] for at in range(count // 2, count)]
    yield _case("a batch delivered twice", half + half, contract, again)


def _case(name, rows, contract, expect):
    return {"name": name, "group": "unique", "args": [rows, contract], "expect": expect}
