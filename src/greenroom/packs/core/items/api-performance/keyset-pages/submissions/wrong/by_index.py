def serve(rows, requests):
    # looks for the very row of the cursor, starts again when it is gone, and has no cap
    listed = rows[::-1]
    answers = []
    for cursor, size in requests:
        start = 0
        if cursor in listed:
            start = listed.index(cursor) + 1
        page = listed[start : start + size]
        answers.append(([row[1] for row in page], page[-1] if page else None))
    return answers
