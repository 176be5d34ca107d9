from itertools import accumulate


def cancelling(amounts):
    balances = list(accumulate(amounts, initial=0))
    number = longest = 0
    for start in range(len(balances)):
        for stop in range(start + 1, len(balances)):
            if balances[start] == balances[stop]:
                number += 1
                longest = max(longest, stop - start)
    return number, longest
