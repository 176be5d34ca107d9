"""A cache of what is slow to load, with the one that the library has."""

import functools


class Cache:
    def __init__(self, load, seconds):
        self.get = functools.lru_cache(maxsize=None)(load)
