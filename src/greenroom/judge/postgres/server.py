"""PostgreSQL for the labs: one server behind walls, begun when it is first asked for, whose databases are lent.

A thread of its own starts it (a sandbox ends with the thread that started it), makes databases ahead, removes those
that come back, and ends sessions that take more than their share. It alone speaks with the server as its superuser.
"""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import structlog

from greenroom.judge.box import Box
from greenroom.judge.channel import Frame
from greenroom.judge.environments import Environment, MissingError
from greenroom.judge.faults import BoxError
from greenroom.judge.postgres import installation, settings
from greenroom.judge.postgres.installation import Installation
from greenroom.judge.probes.client import Client, LostServerError, RefusedError
from greenroom.judge.starting import Host

log = structlog.get_logger(__name__)

Who = Literal["project", "own"]

_WATCH_S = 0.1
"""How long a project may fill the disk that all share before it is looked at: about 50 MB on a fast machine."""
_DISK_FULL = "53100"
_DISK_S = 10.0
_TICK_S = 0.02
_START_S = 120.0
_ANSWER_S = 30.0
_SHELL = ("/bin", "/usr/bin", "/etc/passwd")
"""What initdb needs beside its libraries: it runs `postgres` through a shell, and asks who it is."""


class Lease:
    """One database, for one examination. `give_back` when it is over."""

    def __init__(self, server: Server, box: Box, name: str) -> None:
        self._server, self._box, self.name = server, box, name

    def connect(self, who: Who) -> Client:
        """A connection for the *project*, or with the examiner's *own* rights. Raises BoxError."""
        return self._server._connect(self._box, settings.roles(self.name)[who == "own"], self.name)

    def give_back(self) -> None:
        """Nobody needs it any more: its sessions are ended and it is removed, without waiting for that."""
        self._server._take_back(self)


class Server:
    """The server of *tier*, with *count* databases made ahead. Thread-safe. It ends with `close` or this process.

    Nothing is started before `announce` or `lease`.
    """

    def __init__(self, host: Host, tier: int, count: int) -> None:
        self._host, self._tier, self._count = host, tier, count
        self._changed = threading.Condition()
        self._asking = threading.Lock()
        self._keeper: threading.Thread | None = None
        self._ready: deque[Lease] = deque()
        self._lent: set[Lease] = set()
        self._back: deque[Lease] = deque()
        self._waiting = 0
        self._failure: str | None = None
        self._closed = False
        self._made: tuple[list[str], list[int], bytes] | None = None
        self._box: Box | None = None
        self._admin: Client | None = None
        self._watched = 0.0
        self._numbers = itertools.count(1)

    def announce(self) -> None:
        """Somebody will ask soon; nothing is waited for."""
        with self._changed:
            self._begin()

    def lease(self, on_tick: Callable[[], None] = lambda: None) -> Lease:
        """A database that nobody else has; *on_tick* is called now and then while it is waited for. Raises BoxError."""
        until = time.monotonic() + _START_S
        with self._changed:
            self._begin()
            self._failure = None
            self._waiting += 1
            self._changed.notify_all()
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._ready or self._failure or self._closed, _TICK_S)
                    if self._ready:
                        found = self._ready.popleft()
                        self._lent.add(found)
                        self._changed.notify_all()
                        return found
                    if self._failure or self._closed:
                        raise BoxError(f"PostgreSQL: {self._failure or 'the judge is closed'}")
                if time.monotonic() > until:
                    raise BoxError("PostgreSQL did not start in time")
                on_tick()
        finally:
            with self._changed:
                self._waiting -= 1

    def close(self) -> None:
        """End it, with all of its databases."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            keeper = self._keeper
        if keeper is not None:
            keeper.join()

    # For leases

    def _take_back(self, lease: Lease) -> None:
        with self._changed:
            if lease in self._lent:
                self._lent.remove(lease)
                self._back.append(lease)
            self._changed.notify_all()

    def _connect(self, box: Box, user: str, database: str) -> Client:
        line = self._line(box)
        client = Client(line)
        try:
            client.enter(user, database)
        except (RefusedError, LostServerError) as error:
            client.close()
            raise BoxError(f"PostgreSQL: {error}") from None
        return client

    def _line(self, box: Box) -> socket.socket:
        with self._asking:
            box.send({"op": "connect"})
            head, given = box.channel.receive_given(time.monotonic() + _ANSWER_S)
        if given is None:
            raise BoxError(f"PostgreSQL: {str(head.get('failed'))[:200]}")
        return socket.socket(fileno=given)

    # The keeper

    def _begin(self) -> None:
        if self._keeper is None and not self._closed:
            self._keeper = threading.Thread(target=self._keep, name="greenroom-postgres", daemon=True)
            self._keeper.start()

    def _keep(self) -> None:
        full_since: float | None = None
        try:
            while not self._closed:
                try:
                    self._watch()
                    self._tend()
                    full_since = None
                except RefusedError as error:
                    full_since = full_since or time.monotonic()
                    if error.code != _DISK_FULL or time.monotonic() - full_since > _DISK_S:
                        self._fail(str(error))
                        full_since = None
                    time.sleep(_TICK_S)  # whoever filled it is shut out at the next look, and its database goes
                except (BoxError, MissingError, LostServerError, OSError) as error:
                    self._fail(str(error))
                with self._changed:
                    self._changed.wait_for(self._has_work, _WATCH_S if self._lent else None)
        finally:
            self._end()
            with self._changed:  # also by an error that nobody thought of: then the next one who asks begins anew
                self._failure, self._keeper = "its keeper has ended", None
                self._changed.notify_all()

    def _watch(self) -> None:
        """End what takes too long, and shut projects out of databases that are too large."""
        if self._admin is None or not self._lent or time.monotonic() - self._watched < _WATCH_S:
            return
        self._watched = time.monotonic()
        self._admin.run(settings.STALE)
        for (name,) in self._admin.run(settings.OVERFULL):
            for sql in settings.shutting(str(name)):
                self._admin.run(sql)

    def _has_work(self) -> bool:
        if self._closed or self._back:
            return True
        if self._failure is not None:
            return False
        return len(self._ready) < self._count or self._waiting > len(self._ready)

    def _tend(self) -> None:
        """Start it if it does not run, remove what came back, make what is wanted."""
        if self._box is None or not self._box.alive:
            self._end()
            self._start()
        while self._back and self._admin is not None:
            for sql in settings.removal(self._back[0].name):
                self._admin.run(sql)
            self._back.popleft()
            if self._waiting > len(self._ready):
                break
        while not self._closed and (len(self._ready) < self._count or self._waiting > len(self._ready)):
            made = self._create()
            with self._changed:
                self._ready.append(made)
                self._changed.notify_all()
            if self._back and self._waiting <= len(self._ready):
                break

    def _create(self) -> Lease:
        assert self._box is not None
        assert self._admin is not None
        name = f"lab_{next(self._numbers)}"
        outside, inside = settings.creation(name)
        for sql in outside:
            self._admin.run(sql)
        client = self._connect(self._box, settings.SUPERUSER, name)
        client.run(inside)
        client.close()
        return Lease(self, self._box, name)

    def _start(self) -> None:
        found = installation.find()
        programs = str(found.programs)
        environment = Environment("plain", found.package)
        if self._made is None:
            self._made = self._cluster(environment, found)
        names, sizes, body = self._made
        box = self._walled(environment, found.shared)
        self._box = box
        command = {"argv": settings.start(programs), "libraries": ":".join(found.package)}
        box.send({"op": "start", **command, "names": names, "sizes": sizes}, body)
        self._answer(box, "started")
        self._admin = self._connect(box, settings.SUPERUSER, "postgres")
        template = self._connect(box, settings.SUPERUSER, "template1")
        template.run(settings.TEMPLATE)
        template.close()

    def _cluster(self, environment: Environment, found: Installation) -> tuple[list[str], list[int], bytes]:
        """The files of a new cluster. They are made once for all servers of this process."""
        box = self._walled(environment, (*found.shared, *_SHELL), user=_nobody())
        try:
            argv = settings.make(str(found.programs))
            box.send({"op": "make", "argv": argv, "libraries": ":".join(found.package)})
            head, body = self._answer(box, "made")
        finally:
            box.kill()
        return head["names"], head["sizes"], body

    def _walled(self, environment: Environment, bring: tuple[str, ...], user: int | None = None) -> Box:
        box = Box(
            self._host,
            tier=self._tier,
            role="server",
            limits=settings.LIMITS.model_dump(),
            bring=tuple(path for path in bring if Path(path).exists()),
            environment=environment,
            user=user,
            files=settings.MOST_FILES,
        )
        try:
            box.ready()
        except BoxError:
            box.kill()
            raise
        return box

    def _answer(self, box: Box, awaited: str) -> Frame:
        head, body = box.receive(time.monotonic() + _START_S)
        if awaited not in head:
            raise BoxError(f"PostgreSQL: {str(head.get('failed'))[:400]}")
        return head, body

    def _fail(self, why: str) -> None:
        log.warning("PostgreSQL for labs has failed", reason=why)
        with self._changed:
            self._failure = why
            self._changed.notify_all()
        self._end()

    def _end(self) -> None:
        box, self._box = self._box, None
        admin, self._admin = self._admin, None
        with self._changed:
            self._ready.clear()
            self._back.clear()
            self._lent.clear()
        if admin is not None:
            admin.close()
        if box is not None:
            box.kill()


def _nobody() -> int | None:
    """The uid of a user that the host knows, where this process may choose; initdb does not run for any other."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415 (not on every system)

    return pwd.getpwnam("nobody").pw_uid
