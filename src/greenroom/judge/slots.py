"""A uid for each living sandbox, shared with no other on the host: process limits count by uid.

A uid is held by an abstract UNIX socket of its name, which the kernel lets only one process bind and frees when that
process ends, however it ends. Nothing is written anywhere.
"""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

MOST = 3000
"""Slots at most: their uids follow one another."""


@dataclass(frozen=True)
class Slot:
    """A uid (and gid of the same number) that is ours until `give_back`."""

    uid: int
    _holder: socket.socket

    def give_back(self) -> None:
        """Let others have it."""
        self._holder.close()


def take(first_uid: int) -> Slot:
    """The lowest free uid from *first_uid* on. Raises OSError when 3,000 are taken."""
    for uid in range(first_uid, first_uid + MOST):
        holder = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            holder.bind(f"\0greenroom-sandbox-uid-{uid}")
        except OSError as error:
            holder.close()
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return Slot(uid, holder)
    raise OSError(errno.EUSERS, f"the uids {first_uid} to {first_uid + MOST - 1} are all in use")
