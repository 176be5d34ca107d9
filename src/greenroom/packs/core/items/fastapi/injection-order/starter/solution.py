def serve(
    needs: dict[str, list[str]], endpoint: str, fresh: list[tuple[str, str]], failing: list[str]
) -> list[str]:
    """The log of one request.

    needs: for each function the dependencies it declares, in order; a missing name needs nothing.
    fresh: (user, dependency) pairs that do not use a kept value.
    failing: functions that fail when they are called.

    Lines: "enter NAME", "call NAME", "fail NAME", "exit NAME", "respond 200", "respond 500".
    On success the response stands before the exits, on a failure after them.
    A circle that the endpoint can reach gives ["cycle"].
    """
    raise NotImplementedError
