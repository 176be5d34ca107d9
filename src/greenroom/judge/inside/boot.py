"""From a fresh interpreter to a sandbox that serves: read the config, go behind the walls, become init or examiner.

The first frame on the channel is the config; the answers are `{"pid": …}`, then `{"ready": …}` or `{"failed": …}`.
Everything that will be needed is imported here, before the walls, because the source lies outside them.
"""

from __future__ import annotations

import bisect  # noqa: F401 (what most answers import is there already when a child is forked)
import collections  # noqa: F401
import functools  # noqa: F401
import heapq  # noqa: F401
import itertools  # noqa: F401
import os
import sys

from . import confine, frames, init, libraries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

_SLACK = 8 * 1024 * 1024


def main(channel: int, environment: str, paths: Sequence[str]) -> None:
    """Serve on *channel* in a process of its own, with the libraries of *environment* at *paths*; never returns."""
    empty_environment()
    try:
        libraries.load(environment, paths)
    except libraries.BrokenError as error:
        frames.write(channel, {"failed": str(error)})
        os._exit(2)
    become(channel)


def empty_environment() -> None:
    """Let nothing of the one who started us through."""
    os.umask(0o022)
    sys.argv = [""]
    os.environ.clear()  # Python itself has put LC_CTYPE there


def become(channel: int, parent: int | None = None) -> NoReturn:
    """Read the config from *channel*, go behind the walls and serve.

    *parent* is the process to die with, where it is not the supervisor that the config names.
    """
    config, _ = frames.read(channel)
    if parent is not None:
        config["supervisor"] = parent
    os.set_inheritable(channel, False)
    baseline = _address_space()
    if config["role"] == "examiner":
        from . import template
    elif config["role"] == "server":
        from . import cluster
    try:
        walls = confine.enter(config, channel)
    except (confine.WallError, OSError) as error:
        frames.write(channel, {"failed": str(error)})
        os._exit(2)
    if config["role"] == "examiner":
        frames.write(channel, {"ready": walls.names})
        template.serve(channel, walls, config["limits"], baseline)
    if config["role"] == "server":
        cluster.serve(channel, walls)
    init.serve(channel, walls, baseline, config)


def _address_space() -> int:
    """Bytes of address space of this interpreter, with some slack; generous where there is no /proc."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:
            pages = int(stream.read().split()[0])
    except OSError:
        return 1 << 32
    return pages * os.sysconf("SC_PAGE_SIZE") + _SLACK
