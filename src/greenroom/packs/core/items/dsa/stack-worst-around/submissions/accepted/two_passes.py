def reach(latencies: list[int]) -> list[int]:
    n = len(latencies)
    left = nearest_larger(latencies)
    right = [n - 1 - at for at in reversed(nearest_larger(latencies[::-1]))]
    return [r - l - 1 for l, r in zip(left, right)]


def nearest_larger(values: list[int]) -> list[int]:
    """For each index the nearest index on its left with a strictly larger value, or -1."""
    found = []
    stack: list[int] = []
    for at, value in enumerate(values):
        while stack and values[stack[-1]] <= value:
            stack.pop()
        found.append(stack[-1] if stack else -1)
        stack.append(at)
    return found
