def cancelling(amounts: list[int]) -> tuple[int, int]:
    times = {0: 1}
    first = {0: 0}
    balance = number = longest = 0
    for at, amount in enumerate(amounts, 1):
        balance += amount
        seen = times.get(balance, 0)
        number += seen
        times[balance] = seen + 1
        longest = max(longest, at - first.setdefault(balance, at))
    return number, longest
