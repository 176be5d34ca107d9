"""The size of a largest matching, by augmenting paths: knows nothing about order. For short logs."""


def oracle(caller, callee, tolerance):
    partner = {}

    def settle(i, tried):
        for j, time in enumerate(callee):
            if abs(caller[i] - time) <= tolerance and j not in tried:
                tried.add(j)
                if j not in partner or settle(partner[j], tried):
                    partner[j] = i
                    return True
        return False

    return sum(settle(i, set()) for i in range(len(caller)))
