import sys

# Takes UNDO for "take the last change back", as in an editor.
store, changes, out = {}, [], []
for line in sys.stdin.read().splitlines()[1:]:
    command, *words = line.split()
    if command == "SET":
        changes.append((words[0], store.get(words[0])))
        store[words[0]] = words[1]
    elif command == "DEL":
        changes.append((words[0], store.get(words[0])))
        store.pop(words[0], None)
    elif command == "GET":
        out.append(store.get(words[0], "-"))
    elif command == "UNDO":
        if not changes:
            out.append("none")
        else:
            key, old = changes.pop()
            if old is None:
                store.pop(key, None)
            else:
                store[key] = old
    elif command == "KEEP":
        changes.clear()
print("\n".join(out))
