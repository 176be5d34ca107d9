from collections import OrderedDict


def replay(capacity, ttl, operations):
    # first in, first out; and each read begins a new life
    entries = OrderedDict()
    answers = []
    for at, name, key, value in operations:
        if name == "get":
            if key in entries and at - entries[key][1] <= ttl:
                entries[key] = (entries[key][0], at)
                answers.append(entries[key][0])
            else:
                answers.append(None)
        else:
            if len(entries) >= capacity:
                entries.popitem(last=False)
            entries[key] = (value, at)
    return answers
