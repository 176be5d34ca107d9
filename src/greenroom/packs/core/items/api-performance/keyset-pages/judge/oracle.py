"""The answers by rank: where a key would stand in the sorted list, found with a search of its own."""


def _rank(rows, key):
    low, high = -1, len(rows)
    while high - low > 1:
        middle = (low + high) // 2
        if rows[middle] >= key:
            high = middle
        else:
            low = middle
    return high


def oracle(rows, requests):
    answers = []
    for cursor, size in requests:
        place = len(rows) if cursor is None else _rank(rows, cursor)
        ids, last = [], None
        for _ in range(min(max(size, 1), 100)):
            if place == 0:
                break
            place -= 1
            last = rows[place]
            ids.append(last[1])
        answers.append((ids, last if place > 0 else None))
    return answers
