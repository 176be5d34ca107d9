def serve(rows, requests):
    # right, but every page walks over the rows that it skips
    answers = []
    for cursor, size in requests:
        size = min(max(size, 1), 100)
        behind = [row for row in reversed(rows) if cursor is None or row < cursor]
        page = behind[:size]
        more = len(behind) > size
        answers.append(([row[1] for row in page], page[-1] if more else None))
    return answers
