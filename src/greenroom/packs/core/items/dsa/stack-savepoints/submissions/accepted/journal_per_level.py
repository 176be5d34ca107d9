import sys

ABSENT = object()


class Store:
    def __init__(self):
        self.values = {}
        self.levels = []  # per open savepoint: key -> value before its first change there

    def write(self, key, value):
        if self.levels:
            self.levels[-1].setdefault(key, self.values.get(key, ABSENT))
        self.put(key, value)

    def put(self, key, value):
        if value is ABSENT:
            self.values.pop(key, None)
        else:
            self.values[key] = value

    def undo(self):
        for key, value in self.levels.pop().items():
            self.put(key, value)

    def keep(self):
        inner = self.levels.pop()
        if not self.levels:
            return
        # The smaller journal moves into the larger one; an outer entry is the older value and wins.
        outer = self.levels[-1]
        if len(inner) > len(outer):
            inner.update(outer)
            self.levels[-1] = inner
        else:
            for key, value in inner.items():
                outer.setdefault(key, value)


def main():
    store = Store()
    out = []
    next(sys.stdin)
    for line in sys.stdin:
        parts = line.split()
        if parts[0] == "SET":
            store.write(parts[1], parts[2])
        elif parts[0] == "DEL":
            store.write(parts[1], ABSENT)
        elif parts[0] == "GET":
            out.append(store.values.get(parts[1], "-"))
        elif parts[0] == "SAVE":
            store.levels.append({})
        elif not store.levels:
            out.append("none")
        elif parts[0] == "UNDO":
            store.undo()
        else:
            store.keep()
    sys.stdout.write("\n".join(out) + "\n")


main()
