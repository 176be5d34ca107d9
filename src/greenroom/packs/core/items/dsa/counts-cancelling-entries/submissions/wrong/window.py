def cancelling(amounts):
    # Shrinks while the sum is too large, as if all amounts were positive.
    start = total = number = longest = 0
    for stop, amount in enumerate(amounts, 1):
        total += amount
        while total > 0 and start < stop:
            total -= amounts[start]
            start += 1
        if total == 0 and start < stop:
            number += 1
            longest = max(longest, stop - start)
    return number, longest
