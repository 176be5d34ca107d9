def reach(latencies: list[int]) -> list[int]:
    # The "span": looks to the left alone.
    answer, stack = [], []
    for i, value in enumerate(latencies):
        while stack and latencies[stack[-1]] <= value:
            stack.pop()
        answer.append(i - stack[-1] if stack else i + 1)
        stack.append(i)
    return answer
