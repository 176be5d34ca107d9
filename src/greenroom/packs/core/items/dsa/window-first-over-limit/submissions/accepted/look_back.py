# With this request there are more than `limit` in the window exactly when the one `limit` places earlier is still in it.
import sys

data = sys.stdin.read().split()
limit, window = int(data[0]), int(data[1])
seen = {}
over = {}
for time, client in zip(map(int, data[2::2]), data[3::2]):
    times = seen.setdefault(client, [])
    times.append(time)
    if client not in over and len(times) > limit and times[-1 - limit] > time - window:
        over[client] = time
print("\n".join(f"{client} {time}" for client, time in over.items()) or "nobody")
