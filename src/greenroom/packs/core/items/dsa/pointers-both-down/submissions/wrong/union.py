def both_down(first, second):
    # The time in which at least one was down.
    answer = []
    for start, end in sorted(first + second):
        if answer and start <= answer[-1][1]:
            answer[-1] = (answer[-1][0], max(end, answer[-1][1]))
        else:
            answer.append((start, end))
    return answer
