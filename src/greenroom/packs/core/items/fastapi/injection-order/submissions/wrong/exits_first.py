def serve(needs, endpoint, fresh, failing):
    # Leaves everything before the response, also when all went well.
    fresh, failing = set(fresh), set(failing)
    colour = {}
    stack = [(endpoint, False)]
    while stack:
        name, leaving = stack.pop()
        if leaving:
            colour[name] = "done"
            continue
        if colour.get(name) == "done":
            continue
        if colour.get(name) == "open":
            return ["cycle"]
        colour[name] = "open"
        stack.append((name, True))
        for below in needs.get(name, []):
            if colour.get(below) == "open":
                return ["cycle"]
            if below not in colour:
                stack.append((below, False))
    log, entered, kept = [], [], set()
    work = [(endpoint, 0)]
    end = "respond 200"
    while work:
        name, at = work.pop()
        below = needs.get(name, [])
        while at < len(below) and below[at] in kept and (name, below[at]) not in fresh:
            at += 1
        if at < len(below):
            work += [(name, at + 1), (below[at], 0)]
            continue
        if name in failing:
            log.append(f"fail {name}")
            end = "respond 500"
            break
        if name == endpoint:
            log.append(f"call {name}")
        else:
            log.append(f"enter {name}")
            entered.append(name)
            kept.add(name)
    log += [f"exit {name}" for name in reversed(entered)]
    return [*log, end]
