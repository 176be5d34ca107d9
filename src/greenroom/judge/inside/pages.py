"""Memory laid out for processes that are forked from this one: a child is done sooner, the fewer pages it writes.

The first write to a page after a fork copies it, and splits the large page that it lies in.
"""

from __future__ import annotations

import sys

from . import syscalls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGE = 2 * 1024 * 1024

_SMALL_STEP, _SMALL_MOST = 16, 512
"""Bytes: Python's own allocator keeps blocks of each multiple, up to the most, in pools of their own (obmalloc.c)."""

_LARGER = (*range(64 * 1024, 4096, -256), *range(4096, _SMALL_MOST, -16))
"""Bytes: larger blocks are malloc's, from the largest on, so that what one leaves of a hole is taken by the next."""

_MOST_FILLED = 64 * 1024 * 1024

_filling: list[bytes] = []


def fill_holes() -> None:
    """Take every free block between what is in use, for good, so that whatever is made from here on lies together.

    Importing leaves such blocks everywhere, and they are what is handed out first.
    """
    ranges = [(first, last) for first, last in _private()]
    left = _MOST_FILLED
    for size in (*range(_SMALL_MOST, 0, -_SMALL_STEP), *_LARGER):
        left = _fill(size, ranges, left)


def _fill(size: int, ranges: list[tuple[int, int]], left: int) -> int:
    content = size - sys.getsizeof(b"")
    while left > 0 and content > 0:
        block = bytes(content)
        place = id(block)
        _filling.append(block)
        if not any(first <= place < last for first, last in ranges):
            break
        left -= size
    return left


def collapse() -> None:
    """Have the kernel put this process's private memory into large pages, as far as it can (Linux 6.1 and later).

    A fork copies one entry for each of them instead of 512. What a child writes to is split and copied in small pages.
    """
    for first, last in _private():
        _collapse(-(-first // _LARGE), last // _LARGE)


def _private() -> Iterator[tuple[int, int]]:
    """Where this process's own memory begins and ends; nothing where there is no /proc."""
    try:
        with open("/proc/self/maps", encoding="ascii", errors="replace") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return
    for line in lines:
        place, permissions, _, _, inode, *name = line.split(maxsplit=5)
        if permissions == "rw-p" and inode == "0" and name != ["[stack]"]:
            first, last = (int(word, 16) for word in place.split("-"))
            yield first, last


def _collapse(first: int, last: int) -> None:
    """Each of the large pages *first* to *last* by itself: one that has holes or is not in memory is refused."""
    for number in range(first, last):
        try:
            syscalls.madvise(number * _LARGE, _LARGE, syscalls.MADV_COLLAPSE)
        except OSError:
            continue
