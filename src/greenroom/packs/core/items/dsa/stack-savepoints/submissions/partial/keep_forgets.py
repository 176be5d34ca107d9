import sys

# One journal per savepoint, but KEEP throws the inner journal away.
store, levels, out = {}, [], []
for line in sys.stdin.read().splitlines()[1:]:
    command, *words = line.split()
    if command in ("SET", "DEL"):
        if levels:
            levels[-1].append((words[0], store.get(words[0])))
        if command == "SET":
            store[words[0]] = words[1]
        else:
            store.pop(words[0], None)
    elif command == "GET":
        out.append(store.get(words[0], "-"))
    elif command == "SAVE":
        levels.append([])
    elif not levels:
        out.append("none")
    elif command == "KEEP":
        levels.pop()
    else:
        for key, old in reversed(levels.pop()):
            if old is None:
                store.pop(key, None)
            else:
                store[key] = old
print("\n".join(out))
