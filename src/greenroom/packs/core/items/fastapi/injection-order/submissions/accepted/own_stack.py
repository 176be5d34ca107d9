def serve(needs, endpoint, fresh, failing):
    if has_cycle(needs, endpoint):
        return ["cycle"]
    fresh, failing = set(fresh), set(failing)
    log, entered, kept = [], [], set()
    stack = [(endpoint, iter(needs.get(endpoint, ())))]
    while stack:
        user, rest = stack[-1]
        pushed = False
        for dependency in rest:
            if dependency not in kept or (user, dependency) in fresh:
                stack.append((dependency, iter(needs.get(dependency, ()))))
                pushed = True
                break
        if pushed:
            continue
        stack.pop()
        if user in failing:
            return [*log, f"fail {user}", *exits(entered), "respond 500"]
        if stack:
            log.append(f"enter {user}")
            entered.append(user)
            kept.add(user)
    return [*log, f"call {endpoint}", "respond 200", *exits(entered)]


def exits(entered):
    return [f"exit {name}" for name in reversed(entered)]


def has_cycle(needs, start):
    is_open, done = {start}, set()
    stack = [(start, iter(needs.get(start, ())))]
    while stack:
        name, rest = stack[-1]
        for below in rest:
            if below in is_open:
                return True
            if below not in done:
                is_open.add(below)
                stack.append((below, iter(needs.get(below, ()))))
                break
        else:
            stack.pop()
            is_open.discard(name)
            done.add(name)
    return False
