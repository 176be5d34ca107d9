"""By the definition: the sum of every stretch. For short accounts."""


def oracle(amounts):
    lengths = [
        stop - start
        for start in range(len(amounts))
        for stop in range(start + 1, len(amounts) + 1)
        if sum(amounts[start:stop]) == 0
    ]
    return (len(lengths), max(lengths, default=0))
