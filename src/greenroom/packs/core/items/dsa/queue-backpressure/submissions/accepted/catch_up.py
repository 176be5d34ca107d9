from collections import deque


def serve(requests: list[tuple[int, int, int]], room: int) -> list[int]:
    results = [-1] * len(requests)
    queue: deque[int] = deque()
    free_at = 0

    def catch_up(now: float) -> None:
        nonlocal free_at
        while queue and free_at <= now:
            at = queue.popleft()
            arrival, work, patience = requests[at]
            if free_at - arrival > patience:
                results[at] = -2
            else:
                free_at += work
                results[at] = free_at

    for at, (arrival, work, _) in enumerate(requests):
        catch_up(arrival)
        if free_at <= arrival:
            free_at = results[at] = arrival + work
        elif len(queue) < room:
            queue.append(at)
    catch_up(float("inf"))
    return results
