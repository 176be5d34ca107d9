def replay(capacity: int, ttl: int, operations: list[tuple[int, str, str, str]]) -> list[str | None]:
    """The answers of the `get` operations (at, name, key, value), in order; None for a miss.

    An entry is gone *ttl* seconds after it was written. A new key that finds no room (at most *capacity*
    living entries) puts out the one whose last use, a put or a get that answered, lies furthest back.
    """
    raise NotImplementedError
