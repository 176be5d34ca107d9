from bisect import bisect_left

MAX_SIZE = 100


def page(
    rows: list[tuple[int, int]], cursor: tuple[int, int] | None, size: int
) -> tuple[list[int], tuple[int, int] | None]:
    size = max(1, min(size, MAX_SIZE))
    end = len(rows) if cursor is None else bisect_left(rows, cursor)
    start = max(0, end - size)
    listed = rows[start:end][::-1]
    return [number for _created, number in listed], listed[-1] if start > 0 else None


def serve(
    rows: list[tuple[int, int]],
    requests: list[tuple[tuple[int, int] | None, int]],
) -> list[tuple[list[int], tuple[int, int] | None]]:
    return [page(rows, cursor, size) for cursor, size in requests]
