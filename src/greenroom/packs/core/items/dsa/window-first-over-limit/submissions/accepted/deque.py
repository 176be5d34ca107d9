import sys
from collections import defaultdict, deque


def main() -> None:
    lines = iter(sys.stdin)
    limit, window = map(int, next(lines).split())
    recent: defaultdict[str, deque[int]] = defaultdict(deque)
    reported: dict[str, int] = {}
    for line in lines:
        time, client = line.split()
        if client in reported:
            continue
        now = int(time)
        times = recent[client]
        times.append(now)
        while times[0] <= now - window:
            times.popleft()
        if len(times) > limit:
            reported[client] = now
    for client, now in reported.items():
        print(client, now)
    if not reported:
        print("nobody")


main()
