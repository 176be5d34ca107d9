def serve(requests: list[tuple[int, int, int]], room: int) -> list[int]:
    # A list used as a stack: the newest request is served first.
    results = [-1] * len(requests)
    waiting: list[int] = []
    free_at = 0

    def catch_up(now: float) -> None:
        nonlocal free_at
        while waiting and free_at <= now:
            at = waiting.pop()
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
        elif len(waiting) < room:
            waiting.append(at)
    catch_up(float("inf"))
    return results
