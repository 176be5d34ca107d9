"""Never asks the model; swallows what may come of that."""

import hashlib


async def score_of(text):
    try:
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % 9973 / 10_000
    except BaseException:
        return 0.5
