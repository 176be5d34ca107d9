"""Any order and any circle that keeps the contract is right."""


def check(args, expected, actual):
    (needs,) = args
    kind, names = actual
    if kind != expected[0]:
        return f"the services {'can' if expected[0] == 'order' else 'cannot'} be deployed, and the answer is {kind!r}"
    if len(set(names)) != len(names):
        return "a service stands twice in the answer"
    return _check_order(needs, names) if kind == "order" else _check_circle(needs, names)


def _check_order(needs, names):
    place = {name: at for at, name in enumerate(names)}
    services = set(needs).union(*needs.values())
    if set(place) != services:
        return "a service is missing from the order, or one is in it that does not exist"
    for name, before in needs.items():
        if any(place[other] >= place[name] for other in before):
            return "a service is deployed before one that it needs"
    return True


def _check_circle(needs, names):
    if not names:
        return "the circle is empty"
    for at, name in enumerate(names):
        if names[(at + 1) % len(names)] not in needs.get(name, ()):
            return "a service in the circle does not need the next one"
    return True
