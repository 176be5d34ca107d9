"""By the definition: for each line count the client's lines in its window. For short logs."""


def oracle(stdin):
    head, *lines = stdin.splitlines()
    limit, window = map(int, head.split())
    log = [(int(line.split()[0]), line.split()[1]) for line in lines]
    over = {}
    for at, (time, client) in enumerate(log):
        count = sum(name == client and then > time - window for then, name in log[: at + 1])
        if count > limit:
            over.setdefault(client, time)
    return "\n".join(f"{client} {time}" for client, time in over.items()) or "nobody"
