def both_down(first, second):
    # Compares the n-th outage of one machine with the n-th of the other.
    answer = []
    for (a, b), (c, d) in zip(first, second):
        if max(a, c) < min(b, d):
            answer.append((max(a, c), min(b, d)))
    return answer
