from collections import OrderedDict


class Cache:
    def __init__(self, capacity: int, ttl: int) -> None:
        self.capacity = capacity
        self.ttl = ttl
        self.values: OrderedDict[str, str] = OrderedDict()  # by last use
        self.written: OrderedDict[str, int] = OrderedDict()  # by time of writing

    def sweep(self, at: int) -> None:
        while self.written:
            key, written = next(iter(self.written.items()))
            if written + self.ttl > at:
                return
            del self.written[key], self.values[key]

    def get(self, key: str) -> str | None:
        if key not in self.values:
            return None
        self.values.move_to_end(key)
        return self.values[key]

    def put(self, at: int, key: str, value: str) -> None:
        if key not in self.values and len(self.values) >= self.capacity:
            victim, _ = self.values.popitem(last=False)
            del self.written[victim]
        self.values[key] = value
        self.values.move_to_end(key)
        self.written[key] = at
        self.written.move_to_end(key)


def replay(capacity: int, ttl: int, operations: list[tuple[int, str, str, str]]) -> list[str | None]:
    cache = Cache(capacity, ttl)
    answers = []
    for at, name, key, value in operations:
        cache.sweep(at)
        if name == "get":
            answers.append(cache.get(key))
        else:
            cache.put(at, key, value)
    return answers
