import sys

store, saved = {}, []
for line in sys.stdin.read().splitlines()[1:]:
    command, *words = line.split()
    if command == "SET":
        store[words[0]] = words[1]
    elif command == "DEL":
        store.pop(words[0], None)
    elif command == "GET":
        print(store.get(words[0], "-"))
    elif command == "SAVE":
        saved.append(store.copy())
    elif not saved:
        print("none")
    elif command == "UNDO":
        store = saved.pop()
    else:
        saved.pop()
