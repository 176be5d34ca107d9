"""Channels of the other server processes of this machine: each serves its own on a Unix socket in one folder.

Who asks names a channel and gets its events, or is told that it is not here. One process can also tell something to
all others. Nothing is kept: a process that dies takes its channels along, and what lasts is in the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog

from greenroom.platform.channels import Channels, Event

log = structlog.get_logger(__name__)

_MOST_BYTES = 2**22
_ANSWER_S = 2.0
_HERE, _NOT_HERE = b"+\n", b"-\n"


class Relay:
    """Serves *channels* in *folder* once it is opened, and finds those that others serve there."""

    def __init__(self, channels: Channels, folder: Path) -> None:
        self._channels = channels
        self._folder = folder
        self._path = folder / f"{uuid4().hex[:12]}.sock"
        self._server: asyncio.Server | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._heed: Callable[[dict[str, Any]], None] | None = None

    def heed(self, act: Callable[[dict[str, Any]], None]) -> None:
        """Call *act* with what another process tells all."""
        self._heed = act

    async def open(self) -> None:
        """Begin to serve. Where the folder allows no socket, pages at other processes see the end alone."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._server = await asyncio.start_unix_server(self._serve, self._path)
        except OSError as error:
            log.warning("other processes cannot be heard", folder=str(self._folder), reason=error.strerror)

    async def close(self) -> None:
        """End it, whoever listens."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._asking):
            task.cancel()
        self._path.unlink(missing_ok=True)

    async def find(self, key: str, after: int = 0) -> AsyncIterator[Event] | None:
        """The events of the channel *key*, from number *after* + 1 on, of the process that has it; None if none has."""
        for path in self._others():
            reader = await _ask(path, key, after)
            if reader is not None:
                return reader
        return None

    async def latest(self, prefix: str, keys: Collection[str]) -> tuple[float, str] | None:
        """What `Channels.latest` says at the other processes: the newest of it; None if none has such a channel."""
        asked = {"prefix": prefix, "keys": list(keys)}
        answers = [json.loads(line) for path in self._others() if (line := await _answer(path, asked))]
        return max(((float(one[0]), str(one[1])) for one in answers if one), default=None)

    async def tell(self, said: dict[str, Any]) -> None:
        """Tell *said*, JSON, to all other processes; returns when each has heeded it or does not answer."""
        await asyncio.gather(*(_answer(path, {"said": said}) for path in self._others()))

    def _others(self) -> list[Path]:
        """The sockets of the other processes; none before this one is opened."""
        if self._server is None:
            return []
        return [path for path in self._folder.glob("*.sock") if path != self._path]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._asking.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError, ValueError, LookupError):
                await self._reply(json.loads(await reader.readline()), writer)
        finally:
            self._asking.discard(task)
            writer.close()

    async def _reply(self, asked: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        if "key" in asked:
            await self._stream(str(asked["key"]), int(asked["after"]), writer)
            return
        if "prefix" in asked:
            found = self._channels.latest(str(asked["prefix"]), asked["keys"])
            writer.write(json.dumps(found).encode() + b"\n")
        elif self._heed is not None:
            self._heed(asked["said"])
            writer.write(_HERE)
        await writer.drain()

    async def _stream(self, key: str, after: int, writer: asyncio.StreamWriter) -> None:
        known = self._channels.known(key)
        writer.write(_HERE if known else _NOT_HERE)
        await writer.drain()
        async for event in self._channels.listen(key, after):
            writer.write(json.dumps(asdict(event)).encode() + b"\n")
            await writer.drain()


async def _ask(path: Path, key: str, after: int) -> AsyncIterator[Event] | None:
    opened = await _opened(path, {"key": key, "after": after})
    if opened is None:
        return None
    line, reader, writer = opened
    if line == _HERE:
        return _events(reader, writer)
    writer.close()
    return None


async def _answer(path: Path, asked: dict[str, Any]) -> bytes:
    opened = await _opened(path, asked)
    if opened is None:
        return b""
    line, _, writer = opened
    writer.close()
    return line


async def _opened(path: Path, asked: dict[str, Any]) -> tuple[bytes, asyncio.StreamReader, asyncio.StreamWriter] | None:
    """The first line of the answer, and the connection; None from a process that is gone or silent."""
    try:
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_unix_connection(path, limit=_MOST_BYTES)
            writer.write(json.dumps(asked).encode() + b"\n")
            return await reader.readline(), reader, writer
    except (ConnectionRefusedError, FileNotFoundError):  # it was killed, or has just ended
        path.unlink(missing_ok=True)  # noqa: ASYNC240 (one name, in our own folder)
    except OSError as error:
        log.warning("another process does not answer", socket=path.name, reason=str(error))
    return None


async def _events(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> AsyncIterator[Event]:
    """Until the channel ends, or its process."""
    try:
        while line := await reader.readline():
            if not line.endswith(b"\n"):
                return
            yield Event(**json.loads(line))
    except (OSError, ValueError):
        return
    finally:
        writer.close()
