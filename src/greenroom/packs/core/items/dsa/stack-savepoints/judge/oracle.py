"""The plain way: a copy of the whole store for each savepoint."""


def oracle(stdin):
    store, saved, printed = {}, [], []
    for line in stdin.splitlines()[1:]:
        command, *words = line.split()
        if command == "SET":
            store[words[0]] = words[1]
        elif command == "DEL":
            store.pop(words[0], None)
        elif command == "GET":
            printed.append(store.get(words[0], "-"))
        elif command == "SAVE":
            saved.append(dict(store))
        elif not saved:
            printed.append("none")
        elif command == "UNDO":
            store = saved.pop()
        else:
            saved.pop()
    return "".join(f"{line}\n" for line in printed)
