"""Second by second, as the contract reads. For traffic that is over soon."""


def oracle(requests, room):
    results = [None] * len(requests)
    waiting, busy_until = [], 0
    coming = list(range(len(requests)))
    second = 0
    while coming or waiting:
        while waiting and busy_until <= second:
            at = waiting.pop(0)
            arrival, work, patience = requests[at]
            if second - arrival > patience:
                results[at] = -2
            else:
                busy_until = results[at] = second + work
        while coming and requests[coming[0]][0] == second:
            at = coming.pop(0)
            if busy_until <= second and not waiting:
                busy_until = results[at] = second + requests[at][1]
            elif len(waiting) < room:
                waiting.append(at)
            else:
                results[at] = -1
        second += 1
    return results
