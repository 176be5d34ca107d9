"""The examinee of a lab: the candidate's project, and a thin agent that does with it what the examiner asks.

They speak frames over two pipes. The examiner asks with an `id`, and is answered with it:

    load {target, environ}      import `module` or `module:name`; at most once          -> {answer}
    call {target, arrays}       body: the encoded arguments                             -> {answer}, body: the value,
                                                                                           with arrays where asked for
    serve {target}              import an ASGI application and serve it (`serving.py`)  -> {answer}
    clock                       from here on time is virtual (`virtual.py`)             -> {answer}
    die                         end at once, as a crash would

What the project needs from outside its process (its database, services that it calls) it asks the examiner for, by
{ask: serial, …}, and is answered by {reply: serial, …}. Bytes that come without having been asked for are a
{stream: number}, which has ended when a frame of it has none. So whoever counts statements and calls is out of its
reach.

Nothing that is said here is believed: the project shares this process and can say the same.
"""

from __future__ import annotations

import asyncio
import collections
import importlib
import inspect
import itertools
import os
import queue
import sys
import threading
import traceback

from .. import arrays, forking, frames, values
from . import outside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from .virtual import Clock

_HIGH = 16
_TEXT = 2000
_MOST_LINES = 12


def run(job: dict[str, Any], given: int) -> NoReturn:
    """Serve the examiner on stdin and stdout until it is gone; what the project prints goes to stderr."""
    try:
        os.close(given)
        reading, writing = (_above(end) for end in (0, 1))
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        forking.release()
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # what was printed before a crash is told
        sys.argv = [""]
        os.chdir(job["folder"])
        sys.path.insert(0, job["folder"])
        sys.dont_write_bytecode = True
        Agent(reading, writing, job["folder"]).live()
    except BaseException as error:
        os.write(2, f"agent: {type(error).__name__}: {error}\n".encode()[:500])
    finally:
        os._exit(1)


def _above(end: int) -> int:
    import fcntl

    return fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, _HIGH)


class Agent:
    """The line to the examiner, for every thread of the project; *folder* is where the project lies."""

    def __init__(self, reading: int, writing: int, folder: str) -> None:
        self.folder = folder
        self._reading, self._writing = reading, writing
        self._sending = threading.Lock()
        self._serials = itertools.count(1)
        self._waiting: dict[int, Callable[[dict[str, Any], bytes], object]] = {}
        self._clock: Clock | None = None
        self._inbox: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        self.streams: collections.defaultdict[int, queue.SimpleQueue[bytes]] = collections.defaultdict(
            queue.SimpleQueue
        )
        """What has come on each stream and was not taken yet."""
        self.obey: Callable[[dict[str, Any], bytes], object] = lambda head, body: self._inbox.put((head, body))
        """What becomes of what the examiner asks; called in the thread that listens."""

    def live(self) -> NoReturn:
        """Do what is asked, in this thread, which is the project's main thread."""
        outside.install(self)
        threading.Thread(target=self._listen, name="agent", daemon=True).start()
        while True:
            if self._clock is not None:
                self._clock.wait(lambda: not self._inbox.empty())
            head, body = self._inbox.get()
            if head["op"] == "load":
                self.answer(head, lambda head=head: self._load(head))  # type: ignore[misc]
            elif head["op"] == "call":
                self.answer(head, lambda head=head, body=body: self._call(head, body))  # type: ignore[misc]
            elif head["op"] == "clock":
                self.answer(head, self._have_clock)
            elif head["op"] == "serve":
                from . import serving

                serving.serve(self, head)

    def _listen(self) -> None:
        """Read frames until the examiner is gone, and end with it."""
        try:
            while True:
                head, body = frames.read(self._reading)
                if self._clock is None:
                    self.hear(head, body)
                else:
                    self._clock.instant(head, body, lambda: frames.read(self._reading))
        finally:
            os._exit(0)

    def hear(self, head: dict[str, Any], body: bytes) -> None:
        """Do with one frame what is to be done; called by the thread that listens."""
        waiting = self._waiting.pop(head["reply"], None) if "reply" in head else None
        if waiting is not None:
            waiting(head, body)
        elif "stream" in head:
            self.streams[head["stream"]].put(body)
        elif head.get("op") == "die":
            os._exit(9)
        else:
            self.obey(head, body)

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame; from any thread."""
        with self._sending:
            frames.write(self._writing, head, body)

    def ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Ask the examiner and wait for its reply; from any thread, which waits."""
        replies: queue.SimpleQueue[tuple[dict[str, Any], bytes]] = queue.SimpleQueue()
        self.ask_later(head, body, lambda head, body: replies.put((head, body)))
        if self._clock is not None:
            self._clock.wait(lambda: not replies.empty())
        return replies.get()

    def ask_later(self, head: dict[str, Any], body: bytes, on_reply: Callable[[dict[str, Any], bytes], object]) -> None:
        """Ask the examiner; *on_reply* is called with its reply in the thread that listens."""
        serial = next(self._serials)
        self._waiting[serial] = on_reply
        self.send(head | {"ask": serial}, body)

    def answer(self, head: dict[str, Any], work: Callable[[], object]) -> None:
        """Answer the request *head* with what *work* returns, or with what it raises."""
        try:
            value = work()
            body = arrays.encode(value) if head.get("arrays") else values.encode(value)
        except BaseException as error:
            self.send({"answer": head["id"], "error": self.described(error)})
        else:
            self.send({"answer": head["id"]}, body)

    def described(self, error: BaseException) -> dict[str, Any]:
        """An exception as plain data: its type, its text, and the lines that it passed, the last one last.

        These are the project's own, or if there is none, those of others.
        """
        passed = traceback.extract_tb(error.__traceback__)
        if isinstance(error, SyntaxError) and error.filename:
            passed.append(traceback.FrameSummary(error.filename, error.lineno, "", line=(error.text or "").strip()))
        own = [one for one in passed if one.filename.startswith(self.folder + "/")]
        lines = [
            {"file": os.path.relpath(one.filename, self.folder), "line": one.lineno, "code": (one.line or "")[:200]}
            for one in (own or passed)[-_MOST_LINES:]
        ]
        try:
            text = str(error)[:_TEXT]
        except BaseException:
            text = ""
        return {"type": values.type_name(error), "text": text, "lines": lines}

    def find(self, target: str) -> Any:
        """What *target*, `module` or `module:name`, names; the module is imported. Raises whatever that raises."""
        module, _, name = target.partition(":")
        found = importlib.import_module(module)
        for part in name.split(".") if name else ():
            found = getattr(found, part)
        return found

    def _load(self, head: dict[str, Any]) -> None:
        os.environ.update(head.get("environ", {}))
        self.find(head["target"])

    def _call(self, head: dict[str, Any], body: bytes) -> object:
        value = self.find(head["target"])(*arrays.decode(body))
        return asyncio.run(value) if inspect.iscoroutine(value) else value

    def _have_clock(self) -> None:
        from .virtual import Clock

        self._clock = Clock(self)
        self._clock.install()
