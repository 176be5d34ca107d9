from bisect import bisect_left


def smallest_rate(arrivals, room):
    if not arrivals:
        return 0

    def enough(rate):
        backlog = 0
        for n in arrivals:
            backlog += n - rate
            if backlog < 0:
                backlog = 0
            elif backlog > room:
                return False
        return True

    return bisect_left(range(max(arrivals)), True, key=enough)
