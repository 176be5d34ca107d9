# A counter per client and per full window.
import sys
from collections import Counter

limit, window = map(int, sys.stdin.readline().split())
counts = Counter()
over = {}
for line in sys.stdin:
    time, client = line.split()
    bucket = (client, int(time) // window)
    counts[bucket] += 1
    if counts[bucket] > limit:
        over.setdefault(client, time)
print("\n".join(f"{client} {time}" for client, time in over.items()) or "nobody")
