from collections import defaultdict, deque


def plan(needs):
    open_count = {}
    needed_by = defaultdict(list)
    for service, before in needs.items():
        open_count.setdefault(service, 0)
        for other in before:
            open_count.setdefault(other, 0)
            open_count[service] += 1
            needed_by[other].append(service)
    ready = deque(s for s, count in open_count.items() if count == 0)
    order = []
    while ready:
        service = ready.popleft()
        order.append(service)
        for dependant in needed_by[service]:
            open_count[dependant] -= 1
            if open_count[dependant] == 0:
                ready.append(dependant)
    if len(order) == len(open_count):
        return "order", order

    # Whatever is left needs something that is left: walk along until a service comes back.
    at = next(s for s, count in open_count.items() if count > 0)
    step = {}
    walked = []
    while at not in step:
        step[at] = len(walked)
        walked.append(at)
        at = next(other for other in needs[at] if open_count[other] > 0)
    return "circle", walked[step[at]:]
