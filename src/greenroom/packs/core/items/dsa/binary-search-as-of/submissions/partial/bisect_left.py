import sys
from bisect import bisect_left

lines = sys.stdin.read().splitlines()
n, q = map(int, lines[0].split())
times, values = {}, {}
for line in lines[1 : n + 1]:
    key, time, value = line.split()
    times.setdefault(key, []).append(int(time))
    values.setdefault(key, []).append(value)
out = []
for line in lines[n + 1 :]:
    key, time = line.split()
    history = times.get(key, [])
    place = bisect_left(history, int(time))
    if place == len(history) or history[place] != int(time):
        place -= 1
    out.append("none" if place < 0 or values[key][place] == "-" else values[key][place])
print("\n".join(out))
