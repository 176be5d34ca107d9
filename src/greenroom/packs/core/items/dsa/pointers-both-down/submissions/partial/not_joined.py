def both_down(first, second):
    answer = []
    i = j = 0
    while i < len(first) and j < len(second):
        start = max(first[i][0], second[j][0])
        end = min(first[i][1], second[j][1])
        if start < end:
            answer.append((start, end))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return answer
