"""By the definition, window by window. For short lists."""

from collections import Counter
from math import log2


def oracle(clients, width):
    answer = []
    for start in range(len(clients) - width + 1):
        shares = [count / width for count in Counter(clients[start : start + width]).values()]
        answer.append(-sum(share * log2(share) for share in shares))
    return answer
