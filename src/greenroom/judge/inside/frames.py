"""Frames on a stream socket: two big-endian lengths, a JSON head and an opaque body.

Heads are for the two ends of the socket; bodies (arguments, returned values, stdout) pass through the supervisor
unread. Both lengths are checked before a byte of either is read.
"""

from __future__ import annotations

import array
import json
import os
import socket
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket
    from typing import Any

MAX_HEAD = 256 * 1024
"""Bytes of JSON at most."""

MAX_BODY = 64 * 1024 * 1024
"""Bytes of body at most: the largest input or output of one case."""

_LENGTHS = struct.Struct("!II")


class FrameError(ValueError):
    """The other end sent something that is not a frame, or one that is too large."""


class EndOfStreamError(FrameError):
    """The other end is gone."""


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    """The frame as bytes. Raises FrameError when a part is larger than the receiver would take."""
    return packed(json.dumps(head).encode("ascii"), body)


def packed(text: bytes, body: bytes = b"") -> bytes:
    """The same of a head that is text already."""
    if len(text) > MAX_HEAD or len(body) > MAX_BODY:
        raise FrameError(f"a frame of {len(text):,} + {len(body):,} bytes is too large")
    return _LENGTHS.pack(len(text), len(body)) + text + body


def lengths(prefix: bytes) -> tuple[int, int]:
    """(head, body) in bytes from the first `PREFIX` bytes of a frame. Raises FrameError above the caps."""
    head, body = _LENGTHS.unpack(prefix)
    if head > MAX_HEAD or body > MAX_BODY:
        raise FrameError(f"a frame announces {head:,} + {body:,} bytes")
    return head, body


PREFIX = _LENGTHS.size
"""Bytes before the head."""


def parse_head(text: bytes) -> dict[str, Any]:
    """The head as a mapping. Raises FrameError for anything else."""
    try:
        head = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FrameError(f"a head that is not JSON: {type(error).__name__}") from None
    if not isinstance(head, dict):
        raise FrameError("a head that is not a mapping")
    return head


def pair(first: bytes, second: bytes) -> bytes:
    """Two opaque parts behind their lengths. Raises FrameError when one is larger than the receiver would take."""
    if max(len(first), len(second)) > MAX_BODY:
        raise FrameError(f"{len(first):,} + {len(second):,} bytes are too large")
    return _LENGTHS.pack(len(first), len(second)) + first + second


def read_pair(fd: int) -> tuple[bytes, bytes]:
    """The two parts of a `pair` over a blocking descriptor. Raises EndOfStreamError at its end."""
    first, second = _LENGTHS.unpack(_exactly(fd, PREFIX))
    return _exactly(fd, first), _exactly(fd, second)


def write(fd: int, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame over a blocking descriptor."""
    view = memoryview(pack(head, body))
    while view:
        view = view[os.write(fd, view) :]


def read(fd: int) -> tuple[dict[str, Any], bytes]:
    """Receive one frame over a blocking descriptor. Raises EndOfStreamError at its end."""
    text, body = _text_and_body(fd, b"")
    return parse_head(text), body


def _text_and_body(fd: int, begun: bytes) -> tuple[bytes, bytes]:
    head, body = lengths(begun + _exactly(fd, PREFIX - len(begun)))
    return _exactly(fd, head), _exactly(fd, body)


def read_given(line: _socket.socket, most: int) -> tuple[bytes, bytes, list[int]]:
    """Receive a frame, its head not parsed yet, and the descriptors, at most *most*, that came with it.

    Raises EndOfStreamError at the end.
    """
    size = array.array("i").itemsize
    prefix, ancillary, _, _ = line.recvmsg(PREFIX, socket.CMSG_SPACE(most * size))
    if not prefix:
        raise EndOfStreamError("the other end closed the stream")
    given = [fd for _, _, data in ancillary for fd in array.array("i", data[: len(data) - len(data) % size])]
    return *_text_and_body(line.fileno(), prefix), given


def _exactly(fd: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            raise EndOfStreamError("the other end closed the stream")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
