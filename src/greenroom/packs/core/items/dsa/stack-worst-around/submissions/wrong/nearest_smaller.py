def reach(latencies: list[int]) -> list[int]:
    n = len(latencies)
    left, right, stack = [-1] * n, [n] * n, []
    for i in range(n):
        while stack and latencies[stack[-1]] >= latencies[i]:
            right[stack.pop()] = i
        left[i] = stack[-1] if stack else -1
        stack.append(i)
    return [r - l - 1 for l, r in zip(left, right)]
