import sys
from collections import defaultdict

read = sys.stdin.readline
n, q = map(int, read().split())
log = defaultdict(list)
for _ in range(n):
    key, time, value = read().split()
    log[key].append((int(time), value))

for _ in range(q):
    key, time = read().split()
    time = int(time)
    history = log.get(key, ())
    low, high = 0, len(history)
    while low < high:  # history[:low] is not later than time, history[high:] is later
        middle = (low + high) // 2
        if history[middle][0] <= time:
            low = middle + 1
        else:
            high = middle
    if low == 0 or history[low - 1][1] == "-":
        print("none")
    else:
        print(history[low - 1][1])
