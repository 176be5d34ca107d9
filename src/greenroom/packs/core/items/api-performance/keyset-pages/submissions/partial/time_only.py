from bisect import bisect_left


def serve(rows, requests):
    # the cursor's time alone decides: rows of the same time get lost
    times = [created for created, _ in rows]
    answers = []
    for cursor, size in requests:
        size = min(max(size, 1), 100)
        end = len(rows) if cursor is None else bisect_left(times, cursor[0])
        start = max(0, end - size)
        page = rows[start:end][::-1]
        answers.append(([row[1] for row in page], page[-1] if start > 0 else None))
    return answers
