def replay(capacity, ttl, operations):
    # a dictionary: no limit, no expiry
    store = {}
    answers = []
    for _at, name, key, value in operations:
        if name == "get":
            answers.append(store.get(key))
        else:
            store[key] = value
    return answers
