def serve(
    rows: list[tuple[int, int]],
    requests: list[tuple[tuple[int, int] | None, int]],
) -> list[tuple[list[int], tuple[int, int] | None]]:
    """For each request (cursor, size) the ids of a page and the cursor of the next one, or None at the end.

    *rows* are pairs (created, id) in ascending order; they are listed in descending order. A page goes on
    behind its cursor, whose row need not exist any more; it has at most 100 rows and a size below 1 counts as 1.
    """
    raise NotImplementedError
