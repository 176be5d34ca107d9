import sys


def main() -> None:
    lines = sys.stdin.read().splitlines()
    store: dict[str, str] = {}
    journal: list[tuple[str, str | None]] = []
    marks: list[int] = []
    printed: list[str] = []
    for line in lines[1:]:
        words = line.split()
        command = words[0]
        if command == "GET":
            printed.append(store.get(words[1], "-"))
        elif command == "SAVE":
            marks.append(len(journal))
        elif command == "SET":
            if marks:
                journal.append((words[1], store.get(words[1])))
            store[words[1]] = words[2]
        elif command == "DEL":
            old = store.pop(words[1], None)
            if marks and old is not None:
                journal.append((words[1], old))
        elif not marks:
            printed.append("none")
        elif command == "KEEP":
            marks.pop()
        else:
            mark = marks.pop()
            while len(journal) > mark:
                key, old = journal.pop()
                if old is None:
                    store.pop(key, None)
                else:
                    store[key] = old
    print("\n".join(printed))


main()
