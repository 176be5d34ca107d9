"""Each folder's own size, added to all the folders above it. For small trees."""


def oracle(parent, own):
    total = list(own)
    for folder, size in enumerate(own):
        above = parent[folder]
        while above != -1:
            total[above] += size
            above = parent[above]
    return total
