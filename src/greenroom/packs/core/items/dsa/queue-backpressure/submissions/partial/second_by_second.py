from collections import deque


def serve(requests: list[tuple[int, int, int]], room: int) -> list[int]:
    results = [-1] * len(requests)
    waiting: deque[int] = deque()
    busy_until = now = coming = 0
    while coming < len(requests) or waiting:
        while waiting and busy_until <= now:
            at = waiting.popleft()
            arrival, work, patience = requests[at]
            if now - arrival > patience:
                results[at] = -2
            else:
                results[at] = busy_until = now + work
        while coming < len(requests) and requests[coming][0] == now:
            if busy_until <= now:
                results[coming] = busy_until = now + requests[coming][1]
            elif len(waiting) < room:
                waiting.append(coming)
            coming += 1
        now += 1
    return results
