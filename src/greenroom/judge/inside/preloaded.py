"""The standard library that answers import: a sandbox that a zygote forks finds it loaded, and each case with it.

Nothing here starts a thread, opens a file or a socket, or keeps a state that two cases must not share; the state of
`random`, which they would share, is set anew for each (`examinee.py`).
"""

from __future__ import annotations

import importlib

MODULES = (
    "abc", "array", "base64", "binascii", "bisect", "collections.abc", "contextlib", "copy", "dataclasses", "datetime",
    "enum", "functools", "heapq", "inspect", "io", "itertools", "json", "math", "operator", "queue", "random", "re",
    "string", "struct", "textwrap", "threading", "time", "traceback", "types", "typing",
)  # fmt: skip
"""Without asyncio and its like: with the libraries they map, each fork takes twice as long. Without
hashlib, decimal and what needs them either: an eighth of the verdicts per second for a few milliseconds in the rare
case that imports them."""


def load() -> None:
    """Import what there is of it: a Python may have been built without some."""
    for name in MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            continue
