def reach(latencies: list[int]) -> list[int]:
    answer = []
    for i in range(len(latencies)):
        lo = hi = i
        while lo > 0 and latencies[lo - 1] <= latencies[i]:
            lo -= 1
        while hi < len(latencies) - 1 and latencies[hi + 1] <= latencies[i]:
            hi += 1
        answer.append(hi - lo + 1)
    return answer
