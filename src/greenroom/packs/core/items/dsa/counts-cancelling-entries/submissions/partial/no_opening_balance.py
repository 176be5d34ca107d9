def cancelling(amounts):
    times, first = {}, {}
    balance = number = longest = 0
    for at, amount in enumerate(amounts):
        balance += amount
        number += times.get(balance, 0)
        times[balance] = times.get(balance, 0) + 1
        longest = max(longest, at - first.setdefault(balance, at))
    return number, longest
