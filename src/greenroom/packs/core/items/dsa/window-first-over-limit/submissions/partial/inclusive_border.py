import sys
from collections import deque

limit, window = map(int, sys.stdin.readline().split())
recent, over = {}, {}
for line in sys.stdin:
    time, client = line.split()
    time = int(time)
    times = recent.setdefault(client, deque())
    times.append(time)
    while times[0] < time - window:
        times.popleft()
    if len(times) > limit:
        over.setdefault(client, time)
print("\n".join(f"{client} {time}" for client, time in over.items()) or "nobody")
