def reach(latencies):
    """Jump along the bounds that are already known instead of keeping a stack."""
    n = len(latencies)
    left = [-1] * n
    for i in range(n):
        j = i - 1
        while j >= 0 and latencies[j] <= latencies[i]:
            j = left[j]
        left[i] = j
    right = [n] * n
    for i in range(n - 1, -1, -1):
        j = i + 1
        while j < n and latencies[j] <= latencies[i]:
            j = right[j]
        right[i] = j
    return [right[i] - left[i] - 1 for i in range(n)]
