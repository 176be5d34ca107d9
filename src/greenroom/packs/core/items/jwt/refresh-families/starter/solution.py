def replay(events: list[tuple[int, str, str]], lifetime: int) -> list[str]:
    """One answer for each event (at, action, value), in order.

    login: a new token `t1`, `t2`, …; refresh: a new token of the same family, or the first that applies of
    `unknown`, `revoked`, `reuse` (ends the family), `expired`; logout: `bye` (ends the family) or `unknown`.
    A token is too old at `issued + lifetime`.
    """
    raise NotImplementedError
