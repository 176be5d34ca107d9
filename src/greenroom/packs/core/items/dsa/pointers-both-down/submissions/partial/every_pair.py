def both_down(first, second):
    pieces = []
    for a, b in first:
        for c, d in second:
            if max(a, c) < min(b, d):
                pieces.append((max(a, c), min(b, d)))
    answer = []
    for start, end in sorted(pieces):
        if answer and answer[-1][1] == start:
            answer[-1] = (answer[-1][0], end)
        else:
            answer.append((start, end))
    return answer
