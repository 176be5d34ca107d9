"""Access tokens whose signature was found good: a client sends the same one for 15 minutes.

Only the signature and what the token says are remembered, never that its session goes on: that is asked each time. The
texts themselves are not kept, their hashes are.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime

from greenroom.accounts.keys import KeyRing
from greenroom.accounts.tokens import MOST_BYTES, Access

MOST_TOKENS = 4096


class Verified:
    """The tokens used last, of one key ring: with another (a rotation, a removed key) all are verified anew."""

    def __init__(self, most: int = MOST_TOKENS) -> None:
        self._most = most
        self._ring: KeyRing | None = None
        self._known: OrderedDict[bytes, Access] = OrderedDict()

    def find(self, text: str, ring: KeyRing, now: datetime) -> Access | None:
        """What a token says that was found good with *ring* and has not ended; None for any other."""
        if ring is not self._ring or len(text) > MOST_BYTES:
            return None
        name = _name(text)
        found = self._known.get(name)
        if found is None:
            return None
        if found.expires_at <= now:
            del self._known[name]
            return None
        self._known.move_to_end(name)
        return found

    def keep(self, text: str, ring: KeyRing, access: Access) -> None:
        """Remember a good token."""
        if ring is not self._ring:
            self._ring = ring
            self._known.clear()
        self._known[_name(text)] = access
        if len(self._known) > self._most:
            self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
