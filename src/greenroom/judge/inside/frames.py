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
    text = json.dumps(head).encode("ascii")
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


def write(fd: int, head: dict[str, Any], body: bytes = b"") -> None:
    """Send one frame over a blocking descriptor."""
    view = memoryview(pack(head, body))
    while view:
        view = view[os.write(fd, view) :]


def read(fd: int, begun: bytes = b"") -> tuple[dict[str, Any], bytes]:
    """Receive one frame over a blocking descriptor, of which *begun* was read. Raises EndOfStreamError at its end."""
    head_length, body_length = lengths(begun + _exactly(fd, PREFIX - len(begun)))
    head = parse_head(_exactly(fd, head_length))
    return head, _exactly(fd, body_length)


def read_given(line: socket.socket, most: int) -> tuple[dict[str, Any], bytes, list[int]]:
    """Receive one frame and the descriptors, at most *most*, that came with it. Raises EndOfStreamError at the end."""
    size = array.array("i").itemsize
    prefix, ancillary, _, _ = line.recvmsg(PREFIX, socket.CMSG_SPACE(most * size))
    if not prefix:
        raise EndOfStreamError("the other end closed the stream")
    given = [fd for _, _, data in ancillary for fd in array.array("i", data[: len(data) - len(data) % size])]
    head, body = read(line.fileno(), prefix)
    return head, body, given


def _exactly(fd: int, count: int) -> bytes:
    parts = []
    while count:
        part = os.read(fd, min(count, 1 << 20))
        if not part:
            raise EndOfStreamError("the other end closed the stream")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
