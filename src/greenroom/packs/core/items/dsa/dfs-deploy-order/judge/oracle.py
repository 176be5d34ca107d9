"""Only says which sort of answer is right: take out services that need nothing more until none is left, or stuck."""


def oracle(needs):
    names = set(needs).union(*needs.values())
    waiting = {name: set(needs.get(name, ())) for name in names}
    needed_by = {name: [] for name in names}
    for name, before in waiting.items():
        for other in before:
            needed_by[other].append(name)
    ready = [name for name in names if not waiting[name]]
    count = 0
    while ready:
        done = ready.pop()
        count += 1
        for name in needed_by[done]:
            waiting[name].discard(done)
            if not waiting[name]:
                ready.append(name)
    return ("order" if count == len(names) else "circle", [])
