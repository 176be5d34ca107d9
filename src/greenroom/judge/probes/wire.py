"""PostgreSQL's wire protocol 3.0, as far as a relay and a small client need it: messages in and out of bytes.

After the start each message is a type (one byte), its length (four bytes, itself among them) and its content.
Formats: <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

VERSION = 196_608
"""Protocol 3.0, as a StartupMessage says it."""

REFUSED_STARTS = (80_877_103, 80_877_104)
"""SSLRequest and GSSENCRequest: answered by one byte, `N`."""

MOST_MESSAGE = 8 * 1024 * 1024
MOST_START = 10_000

_HEAD = struct.Struct("!cI")
_WORD = struct.Struct("!I")
_SHORT = struct.Struct("!H")


class WireError(ValueError):
    """What came is not the protocol, or too large."""


@dataclass(frozen=True)
class Message:
    """One message: its type as a letter, and its content."""

    kind: str
    content: bytes = b""

    def packed(self) -> bytes:
        """It as bytes."""
        return _HEAD.pack(self.kind.encode("ascii"), len(self.content) + 4) + self.content


def taken(buffer: bytearray) -> list[Message]:
    """The whole messages at the beginning of *buffer*, which are removed from it. Raises WireError."""
    found, at = [], 0
    while len(buffer) - at >= _HEAD.size:
        kind, length = _HEAD.unpack_from(buffer, at)
        if not 4 <= length <= MOST_MESSAGE or not kind.isalnum():
            raise WireError(f"a message {kind!r} of {length:,} bytes")
        if len(buffer) - at < length + 1:
            break
        found.append(Message(kind.decode("ascii"), bytes(buffer[at + _HEAD.size : at + 1 + length])))
        at += 1 + length
    del buffer[:at]
    return found


def start_taken(buffer: bytearray) -> int | None:
    """The code of the start message at the beginning of *buffer*, which is removed; None when it is not whole yet."""
    if len(buffer) < 2 * _WORD.size:
        return None
    (length,) = _WORD.unpack_from(buffer)
    if not 8 <= length <= MOST_START:
        raise WireError(f"a start of {length:,} bytes")
    if len(buffer) < length:
        return None
    (code,) = _WORD.unpack_from(buffer, 4)
    del buffer[:length]
    return int(code)


def start(parameters: Mapping[str, str]) -> bytes:
    """A StartupMessage."""
    texts = [part for pair in parameters.items() for part in pair]
    content = _WORD.pack(VERSION) + b"".join(text.encode() + b"\0" for text in texts) + b"\0"
    return _WORD.pack(len(content) + 4) + content


def welcome(parameters: Mapping[str, str], pid: int) -> bytes:
    """What a server says to a client that it lets in: as for the real connection behind it, without a key to cancel."""
    said = [Message("R", _WORD.pack(0))]
    said += [Message("S", name.encode() + b"\0" + value.encode() + b"\0") for name, value in parameters.items()]
    said += [Message("K", struct.pack("!II", pid, 0)), Message("Z", b"I")]
    return b"".join(one.packed() for one in said)


def query(sql: str) -> Message:
    """A simple query."""
    return Message("Q", sql.encode() + b"\0")


def prepared(sql: str, parameters: Sequence[str | None]) -> bytes:
    """One statement with *parameters* as texts, by the extended protocol, without names."""
    values = b"".join(
        struct.pack("!i", -1) if value is None else _WORD.pack(len(value.encode())) + value.encode()
        for value in parameters
    )
    bind = b"\0\0" + _SHORT.pack(0) + _SHORT.pack(len(parameters)) + values + _SHORT.pack(0)
    messages = (
        Message("P", b"\0" + sql.encode() + b"\0" + _SHORT.pack(0)),
        Message("B", bind),
        Message("D", b"P\0"),
        Message("E", b"\0" + _WORD.pack(0)),
        Message("S"),
    )
    return b"".join(one.packed() for one in messages)


def texts(content: bytes, count: int) -> list[str]:
    """The first *count* texts of *content*, each ended by a zero byte."""
    parts = content.split(b"\0", count)
    if len(parts) <= count:
        raise WireError("a text without an end")
    return [part.decode("utf-8", "replace") for part in parts[:count]]


def fields(content: bytes) -> dict[str, str]:
    """The fields of an ErrorResponse or NoticeResponse: `C` the SQLSTATE, `M` the text, `V` the severity."""
    return {part[:1].decode("latin-1"): part[1:].decode("utf-8", "replace") for part in content.split(b"\0") if part}


def bound(content: bytes) -> tuple[str, str, tuple[str | bytes | None, ...]]:
    """(portal, statement, parameters) of a Bind; a parameter in binary form stays bytes. Raises WireError."""
    portal, statement = texts(content, 2)
    at = len(portal.encode()) + len(statement.encode()) + 2
    try:
        formats, at = _shorts(content, at)
        (count,) = _SHORT.unpack_from(content, at)
        at += _SHORT.size
        values: list[str | bytes | None] = []
        for place in range(count):
            (length,) = struct.unpack_from("!i", content, at)
            at += _WORD.size
            if length < 0:
                values.append(None)
                continue
            raw = content[at : at + length]
            at += length
            binary = formats[place if len(formats) > 1 else 0] if formats else 0
            values.append(raw if binary else raw.decode("utf-8", "replace"))
    except (struct.error, IndexError):
        raise WireError("a Bind that ends too early") from None
    return portal, statement, tuple(values)


def _shorts(content: bytes, at: int) -> tuple[tuple[int, ...], int]:
    (count,) = _SHORT.unpack_from(content, at)
    at += _SHORT.size
    return struct.unpack_from(f"!{count}H", content, at), at + 2 * count


def columns(content: bytes) -> list[tuple[str, int]]:
    """(name, type's OID) of each column of a RowDescription."""
    (count,) = _SHORT.unpack_from(content)
    at, found = _SHORT.size, []
    for _ in range(count):
        end = content.index(b"\0", at)
        found.append((content[at:end].decode(), int(_WORD.unpack_from(content, end + 7)[0])))
        at = end + 19
    return found


def row(content: bytes) -> list[str | None]:
    """The values of a DataRow as texts."""
    (count,) = _SHORT.unpack_from(content)
    at = _SHORT.size
    found: list[str | None] = []
    for _ in range(count):
        (length,) = struct.unpack_from("!i", content, at)
        at += _WORD.size
        found.append(None if length < 0 else content[at : at + length].decode())
        at += max(0, length)
    return found


def key(content: bytes) -> int:
    """The process number of a BackendKeyData."""
    return int(_WORD.unpack_from(content)[0])


def admitted(content: bytes) -> bool:
    """Whether an Authentication message says that nothing more is asked for."""
    return int(_WORD.unpack_from(content)[0]) == 0
