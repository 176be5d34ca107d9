import sys

limit, window = map(int, sys.stdin.readline().split())
recent = {}
over = {}
for line in sys.stdin:
    time, client = line.split()
    time = int(time)
    kept = [then for then in recent.get(client, []) if then > time - window]
    kept.append(time)
    recent[client] = kept
    if len(kept) > limit and client not in over:
        over[client] = time
for client in over:
    print(client, over[client])
if not over:
    print("nobody")
