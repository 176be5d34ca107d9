from bisect import bisect_right


def serve(rows, requests):
    answers = []
    for cursor, size in requests:
        start = 0 if cursor is None else bisect_right(rows, cursor)
        page = rows[start : start + size]
        answers.append(([row[1] for row in page], page[-1] if start + size < len(rows) else None))
    return answers
