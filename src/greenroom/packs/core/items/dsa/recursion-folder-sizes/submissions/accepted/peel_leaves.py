from collections import Counter


def folder_sizes(parent, own):
    open_children = Counter(parent)
    total = own[:]
    ready = [i for i in range(len(parent)) if open_children[i] == 0]
    for folder in ready:  # grows while we go through it
        above = parent[folder]
        if above < 0:
            continue
        total[above] += total[folder]
        open_children[above] -= 1
        if open_children[above] == 0:
            ready.append(above)
    return total
