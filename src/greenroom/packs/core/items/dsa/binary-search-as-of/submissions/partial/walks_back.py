import sys

lines = sys.stdin.read().splitlines()
n, q = map(int, lines[0].split())
log = {}
for line in lines[1 : n + 1]:
    key, time, value = line.split()
    log.setdefault(key, []).append((int(time), value))
for line in lines[n + 1 :]:
    key, time = line.split()
    time = int(time)
    answer = "none"
    for when, value in reversed(log.get(key, [])):
        if when <= time:
            answer = "none" if value == "-" else value
            break
    print(answer)
