def serve(requests, room):
    """The queue is a list that only grows; `head` is the place of the next one to serve."""
    queue, head, free = [], 0, -1
    out = [None] * len(requests)
    for i in range(len(requests) + 1):
        now = requests[i][0] if i < len(requests) else None
        while head < len(queue) and (now is None or free <= now):
            j = queue[head]
            head += 1
            came, work, patience = requests[j]
            if came + patience < free:
                out[j] = -2
                continue
            free += work
            out[j] = free
        if now is None:
            break
        if free <= now:
            free = now + requests[i][1]
            out[i] = free
        elif len(queue) - head < room:
            queue.append(i)
        else:
            out[i] = -1
    return out
