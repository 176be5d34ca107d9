from collections import OrderedDict


def replay(capacity, ttl, operations):
    # the dead are noticed only when somebody asks for them, so they push out the living
    entries = OrderedDict()
    answers = []
    for at, name, key, value in operations:
        if name == "get":
            if key in entries and entries[key][1] + ttl > at:
                entries.move_to_end(key)
                answers.append(entries[key][0])
            else:
                entries.pop(key, None)
                answers.append(None)
        else:
            if key not in entries and len(entries) >= capacity:
                entries.popitem(last=False)
            entries[key] = (value, at)
            entries.move_to_end(key)
    return answers
