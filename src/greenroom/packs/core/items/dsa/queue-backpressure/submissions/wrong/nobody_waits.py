def serve(requests: list[tuple[int, int, int]], room: int) -> list[int]:
    # Refuses whenever the worker is busy, and forgets the room altogether.
    results, free_at = [], 0
    for arrival, work, _ in requests:
        if arrival < free_at:
            results.append(-1)
        else:
            free_at = arrival + work
            results.append(free_at)
    return results
