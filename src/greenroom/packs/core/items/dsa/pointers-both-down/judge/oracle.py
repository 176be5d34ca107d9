"""By the definition: the set of milliseconds of each machine, their intersection, cut into runs. For short reports."""


def oracle(first, second):
    down = [{moment for start, end in outages for moment in range(start, end)} for outages in (first, second)]
    together = sorted(down[0] & down[1])
    stretches = []
    for moment in together:
        if stretches and stretches[-1][1] == moment:
            stretches[-1][1] = moment + 1
        else:
            stretches.append([moment, moment + 1])
    return stretches
