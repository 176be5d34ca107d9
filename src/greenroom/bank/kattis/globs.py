"""The glob patterns of `submissions.yaml`: `*` within one name, `{a,b}` for either, nothing else."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_ALTERNATIVES = 1_000
MAX_LENGTH = 1_000

_INNERMOST = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=16_384)
def alternatives(pattern: str) -> tuple[str, ...]:
    """The patterns without braces that *pattern* stands for; raises ValueError for more than 1,000 of them.

    Raises it for a pattern of more than 1,000 characters as well.
    """
    if len(pattern) > MAX_LENGTH:
        raise ValueError(f"the pattern is longer than {MAX_LENGTH:,} characters")
    done: list[str] = []
    open_ones = [pattern]
    while open_ones:
        one = open_ones.pop()
        braces = _INNERMOST.search(one)
        if braces is None:
            done.append(one)
        else:
            before, after = one[: braces.start()], one[braces.end() :]
            open_ones += [before + choice.strip() + after for choice in braces.group(1).split(",")]
        if len(done) + len(open_ones) > MAX_ALTERNATIVES:
            raise ValueError(f"the pattern stands for more than {MAX_ALTERNATIVES:,} others")
    return tuple(done)


def matches(pattern: str, path: str) -> bool:
    """Whether *pattern* fits *path* or a folder around it.

    Both are relative, to `submissions/` or to `data/`; a test case is named without `.in`.
    """
    names = path.split("/")
    return any(_fits(one.rstrip("/").split("/"), names) for one in alternatives(pattern))


def _fits(patterns: list[str], names: list[str]) -> bool:
    return len(patterns) <= len(names) and all(_name_fits(*pair) for pair in zip(patterns, names, strict=False))


def _name_fits(pattern: str, name: str) -> bool:
    """Linear in each star, unlike a regular expression: patterns come from strangers."""
    first, *rest = pattern.split("*")
    if not rest:
        return name == first
    last = rest.pop()
    if len(name) < len(first) + len(last) or not name.startswith(first) or not name.endswith(last):
        return False
    at, end = len(first), len(name) - len(last)
    for part in rest:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
