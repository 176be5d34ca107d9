def serve(requests: list[tuple[int, int, int]], room: int) -> list[int]:
    """For each request (arrival, work, patience): the second it is finished, -1 if refused, -2 if dropped."""
    raise NotImplementedError
