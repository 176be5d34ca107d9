def cancelling(amounts):
    number = sum(amount == 0 for amount in amounts)
    number += sum(one + other == 0 for one, other in zip(amounts, amounts[1:]))
    return number, 2 if number else 0
