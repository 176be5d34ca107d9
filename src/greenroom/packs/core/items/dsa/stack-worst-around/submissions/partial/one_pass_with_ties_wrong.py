def reach(latencies: list[int]) -> list[int]:
    # The right bound is settled at the pop, the left one is whatever lies below: equal values cut each other off.
    n = len(latencies)
    answer = [0] * n
    stack = []
    for i in range(n + 1):
        while stack and (i == n or latencies[stack[-1]] < latencies[i]):
            top = stack.pop()
            below = stack[-1] if stack else -1
            answer[top] = i - below - 1
        stack.append(i)
    return answer
