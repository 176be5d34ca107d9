"""Processes of a candidate's project, each in a sandbox of its own, and what is said with them.

A seat is one such process. The supervisor begins and ends it when the examiner asks; frames go between the two
directly. Everything that comes from a seat is a candidate's word: it is checked, counted and capped.
"""

from __future__ import annotations

import itertools
import os
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from greenroom.judge.inside import arrays, frames
from greenroom.judge.probes import bounds
from greenroom.judge.probes.failures import (
    Ended,
    EndedError,
    FailedError,
    GarbledError,
    Raised,
    RaisedError,
    SlowError,
    TooMuchError,
    Usage,
    raised_of,
)  # fmt: skip

__all__ = [
    "PATIENCE_S", "Board", "Clock", "Ended", "EndedError", "FailedError", "GarbledError", "Handler", "Raised",
    "RaisedError", "Seat", "SlowError", "TooMuchError", "Usage", "raised_of",
]  # fmt: skip

PATIENCE_S = 20.0
"""Seconds that an answer is waited for, unless a check says otherwise; the item's limits may end the process before."""

_MOST_FRAME = 24 * 1024 * 1024
_CHUNK = 1 << 18


Handler = Callable[["Seat", dict[str, Any], bytes], "tuple[dict[str, Any], bytes] | None"]
"""Answers what a seat asks the outside world; None when it will answer later, by `Seat.reply`."""


@dataclass
class _Waiting:
    seat: Seat | None = None
    refused: str | None = None


class Board:
    """All seats of one examination, and the line to the supervisor. For one thread."""

    def __init__(self, control: int) -> None:
        self.heard = 0  # bytes that the project has sent
        self._worked_s = 0.0
        self._line = socket.socket(fileno=control)
        self._poll = select.poll()
        self._poll.register(self._line, select.POLLIN)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._seats: dict[int, Seat] = {}
        self._used: dict[int, dict[str, float]] = {}
        self._takers: dict[int, Callable[[], None]] = {}
        self._demands: dict[int, Callable[[dict[str, Any], list[int]], None]] = {}

    def tell(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Say something to the supervisor."""
        frames.write(self._line.fileno(), head, body)

    def begin(self, files: Mapping[str, bytes], handlers: Mapping[str, Handler]) -> Seat:
        """A process with *files*, ready to be asked; *handlers* answer what it asks, by whom it asks for."""
        number = next(self._numbers)
        waiting = self._waiting[number] = _Waiting()
        names = sorted(files)
        head = {"begin": number, "names": names, "sizes": [len(files[name]) for name in names]}
        self.tell(head, b"".join(files[name] for name in names))
        self.pump(lambda: waiting.seat is not None or waiting.refused is not None, None)
        del self._waiting[number]
        if waiting.seat is None:
            raise RuntimeError(f"no sandbox for the project: {waiting.refused}")
        waiting.seat.handlers.update(handlers)
        return waiting.seat

    def end(self, *seats: Seat) -> None:
        """End *seats*, as far as they have not ended, and wait for their reports."""
        living = [seat for seat in seats if seat.ended is None]
        for seat in living:
            seat.write({"op": "die"})  # an agent that obeys is quicker than the supervisor, who looks now and then
            self.tell({"end": seat.number})
        self.pump(lambda: all(seat.ended is not None for seat in living), None)

    def usage(self, seat: Seat) -> Usage | None:
        """What *seat* uses now; None on a system that does not say. Raises EndedError when it has ended."""
        self.tell({"usage": seat.number})
        self.pump(lambda: seat.number in self._used or seat.ended is not None, None)
        if seat.ended is not None:
            raise EndedError(seat.ended)
        used = self._used.pop(seat.number)
        return Usage(**used) if used else None

    def pump(self, until: Callable[[], bool], patience_s: float | None = PATIENCE_S) -> None:
        """Take what comes until *until* is true. Raises SlowError after *patience_s* seconds without that."""
        deadline = None if patience_s is None else time.monotonic() + patience_s
        while not until():
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise SlowError(f"no answer within {patience_s:g} s")
            for descriptor, _ in self._poll.poll(None if left is None else left * 1000):
                if descriptor == self._line.fileno():
                    self._hear()
                elif descriptor in self._takers:
                    self._takers[descriptor]()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count the CPU time of what is done for the project meanwhile. Raises TooMuchError when it has had enough."""
        self.hold_work()
        begun = time.process_time()
        try:
            yield
        finally:
            self._worked_s += time.process_time() - begun

    def hold_work(self) -> None:
        """Raise TooMuchError when the project has taken up more than bounds.MOST_WORK_S."""
        if self._worked_s > bounds.MOST_WORK_S:
            raise TooMuchError(f"your project took up more than {bounds.MOST_WORK_S:g} s of the examiner's own time")

    def hear(self, count: int) -> None:
        """Count *count* bytes that came. Raises TooMuchError above bounds.MOST_HEARD."""
        self.heard += count
        if self.heard > bounds.MOST_HEARD:
            raise TooMuchError(f"your project sent more than {bounds.MOST_HEARD // 2**20} MB")

    def settle(self, seconds: float) -> None:
        """Take what comes for so long, whatever it is."""
        deadline = time.monotonic() + seconds
        try:
            self.pump(lambda: time.monotonic() >= deadline, seconds)
        except SlowError:
            return

    def demand_later(self, head: dict[str, Any], on_met: Callable[[dict[str, Any], list[int]], None]) -> None:
        """Ask the supervisor; *on_met* is called with its answer and the descriptors that came with it."""
        number = next(self._numbers)
        self._demands[number] = on_met
        self.tell({"demand": number, **head})

    def demand(self, head: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        """The same, waited for."""
        met: list[tuple[dict[str, Any], list[int]]] = []
        self.demand_later(head, lambda head, given: met.append((head, given)))
        self.pump(lambda: bool(met), None)
        return met[0]

    def watch(self, descriptor: int, take: Callable[[], None], *, writing: bool = False) -> None:
        """Call *take* whenever there is something to read from *descriptor*, or with *writing* room to write to it."""
        self._takers[descriptor] = take
        self._poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)

    def _hear(self) -> None:
        text, body, given = frames.read_given(self._line, 2)
        head = frames.parse_head(text)
        if head["op"] == "met":
            self._demands.pop(int(head["serial"]))(head, given)
            return
        number = int(head["seat"])
        if head["op"] == "begun":
            reading, writing = given
            seat = Seat(self, number, reading, writing)
            self._seats[number] = seat
            self.watch(seat.reading, seat.take)
            self._waiting[number].seat = seat
        elif head["op"] == "refused":
            self._waiting[number].refused = str(head["why"])
        elif head["op"] == "usage":
            self._used[number] = head["used"]
        elif head["op"] == "ended" and number in self._seats:
            said = body.decode("utf-8", "replace")
            self._seats.pop(number).close(Ended(int(head["exit"]), head["killed"], said))

    def forget(self, descriptor: int) -> None:
        """No more is wanted from *descriptor*."""
        if self._takers.pop(descriptor, None) is not None:
            self._poll.unregister(descriptor)


class Clock(Protocol):
    """The time of a process that is not this machine's (`virtual_time`)."""

    @property
    def now_s(self) -> float:
        """Seconds since the beginning."""

    def until(self, true: Callable[[], bool], patience_s: float | None = None) -> None:
        """Let time go on until *true*."""

    def after(self, delay_s: float, act: Callable[[], object]) -> None:
        """Do something later."""

    def idle(self, seen: int, until: object) -> None:
        """The process says that it has nothing to do."""


@dataclass(eq=False)
class Seat:
    """One process of the project. `handlers` answer what it asks; `written` counts the frames that it was sent.

    Nothing more is read of one that `garbled`, or that was `refused` because it sent too much.
    """

    board: Board
    number: int
    reading: int
    writing: int
    ended: Ended | None = None
    garbled: bool = False
    refused: str | None = None
    handlers: dict[str, Handler] = field(default_factory=dict)
    on_response: Callable[[dict[str, Any], bytes], None] | None = None
    clock: Clock | None = None
    on_end: list[Callable[[Seat], object]] = field(default_factory=list)
    written: int = 0
    _answers: dict[int, tuple[dict[str, Any], bytes]] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _buffer: bytearray = field(default_factory=bytearray)

    def ask(self, op: str, body: bytes = b"", *, during: str, patience_s: float = PATIENCE_S, **head: Any) -> Any:
        """The value that the agent answers *op* with; *during* says what was tried, for the candidate.

        Raises RaisedError, EndedError, SlowError and GarbledError.
        """
        number = self.request(op, body, **head)
        return self.wait(number, during=during, patience_s=patience_s)

    def request(self, op: str, body: bytes = b"", **head: Any) -> int:
        """Ask for *op* without waiting; returns the number to `wait` for."""
        number = next(self._ids)
        self._asked.add(number)
        self.send({"op": op, "id": number, **head}, body)
        return number

    def has_answered(self, number: int) -> bool:
        """Whether the answer to request *number* is here."""
        return number in self._answers

    def answered(self, number: int) -> tuple[dict[str, Any], bytes]:
        """The answer to request *number*, which is here, as it came; it is taken away."""
        return self._answers.pop(number)

    def wait(self, number: int, *, during: str, patience_s: float = PATIENCE_S) -> Any:
        """The answer to request *number*: its value, or the head of an answer without one."""
        self.until(lambda: number in self._answers, patience_s)
        head, body = self.answered(number)
        if head.get("error") is not None:
            raise RaisedError(raised_of(head["error"]), during)
        if not body:
            return head
        with self.reading_its_words():
            return arrays.decode(body)

    def until(self, true: Callable[[], bool], patience_s: float | None = PATIENCE_S) -> None:
        """Take what comes until *true*. Raises when the process ends, garbles or sends too much first.

        Where time is virtual, *patience_s* is of it, and *true* is asked whenever the process has nothing to do.
        """
        if self.clock is not None:
            self.clock.until(true, patience_s)
        else:
            self.take_until(true, patience_s)

    def take_until(self, true: Callable[[], bool], patience_s: float | None = PATIENCE_S) -> None:
        """The same, in seconds of this machine, and time that is virtual stands."""
        self.board.pump(lambda: true() or self.ended is not None or self.unheard, patience_s)
        if true():
            return
        if self.refused is not None:
            raise FailedError(self.refused)
        if self.garbled:
            raise GarbledError
        assert self.ended is not None
        raise EndedError(self.ended)

    @property
    def unheard(self) -> bool:
        """Whether nothing is read of it any more."""
        return self.garbled or self.refused is not None

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame, where time is virtual as soon as the process has nothing to do."""
        if self.clock is not None:
            self.clock.after(0, lambda: self.write(head, body))
        else:
            self.write(head, body)

    def write(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Send one frame at once; nothing when the process has ended."""
        try:
            if self.ended is None:
                self.written += 1
                frames.write(self.writing, head, body)
        except (BrokenPipeError, ValueError):
            return

    def reply(self, asked: dict[str, Any], head: dict[str, Any], body: bytes = b"") -> None:
        """Answer what the process has *asked*."""
        self.send({"reply": asked["ask"], **head}, body)

    def usage(self) -> Usage | None:
        """What the process uses now, as the kernel counts it; None on a system that does not say."""
        return self.board.usage(self)

    def crash(self) -> None:
        """Let the process end in the middle of what it does, and wait until it is gone."""
        self.board.end(self)

    def take(self) -> None:
        """Read what has come and act on it."""
        part = os.read(self.reading, _CHUNK)
        if not part:
            self.board.forget(self.reading)
            return
        self._buffer += part
        with self.blaming():
            self.board.hear(len(part))
            while (frame := self._next()) is not None:
                self._act(*frame)
                self.board.hold_work()

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Whatever of its words cannot be read meanwhile ends what is heard of it."""
        try:
            with self.board.working(), self.reading_its_words():
                yield
        except GarbledError:
            self.garbled = True
        except TooMuchError as error:
            self.refused = str(error)
        if self.unheard:
            self._buffer.clear()
            self.board.forget(self.reading)

    @contextmanager
    def reading_its_words(self) -> Iterator[None]:
        """Whatever cannot be read of what it says is its own fault."""
        try:
            yield
        except (
            ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError, TypeError, ValueError
        ) as error:  # fmt: skip
            raise GarbledError from error

    def _next(self) -> tuple[dict[str, Any], bytes] | None:
        if len(self._buffer) < frames.PREFIX:
            return None
        head, body = frames.lengths(bytes(self._buffer[: frames.PREFIX]))
        end = frames.PREFIX + head + body
        if end > _MOST_FRAME:
            raise GarbledError
        if len(self._buffer) < end:
            return None
        text = bytes(self._buffer[frames.PREFIX : frames.PREFIX + head])
        content = bytes(self._buffer[frames.PREFIX + head : end])
        del self._buffer[:end]
        return frames.parse_head(text), content

    def _act(self, head: dict[str, Any], body: bytes) -> None:
        if "answer" in head:
            number = int(head["answer"])
            if number not in self._asked:
                raise GarbledError
            self._asked.discard(number)
            self._answers[number] = (head, body)
        elif "idle" in head and self.clock is not None:
            self.clock.idle(int(head["idle"]), head["until"])
        elif "response" in head and self.on_response is not None:
            self.on_response(head, body)
        elif "ask" in head:
            handler = self.handlers.get(str(head["to"]))
            reply = ({"error": {"type": "OperationalError", "text": "there is no such thing here"}}, b"")
            answer = handler(self, head, body) if handler is not None else reply
            if answer is not None:
                self.reply(head, *answer)

    def close(self, how: Ended) -> None:
        """It has ended."""
        self.ended = how
        self.board.forget(self.reading)
        os.close(self.reading)
        os.close(self.writing)
        for act in self.on_end:
            act(self)
