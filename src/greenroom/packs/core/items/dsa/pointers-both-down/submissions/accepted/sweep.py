def both_down(first, second):
    """Walk over all changes in order of time and count how many machines are down."""
    changes = []
    for outages in (first, second):
        for start, end in joined(outages):
            changes.append((start, 1))
            changes.append((end, -1))
    changes.sort()
    answer, down, since = [], 0, None
    for moment, change in changes:
        down += change
        if down == 2:
            since = moment
        elif since is not None:
            answer.append((since, moment))
            since = None
    return answer


def joined(outages):
    whole = []
    for start, end in outages:
        if whole and whole[-1][1] == start:
            whole[-1][1] = end
        else:
            whole.append([start, end])
    return whole
