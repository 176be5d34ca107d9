"""Virtual time in a project's process: the examiner has the clock, this side asks it to go on.

    clock {id}                      from here on time is virtual                          -> {answer}
    {now: ns}, …, {go: true}        an instant: the time of it, what comes in it, its end

When nothing here can run, {idle: seen, until: s} is sent: *seen* is how many frames have been read, so one that
crosses another is void, and *until* the time of the earliest timer, null without one. Frames come only as the answer
to that. So a process that computes stops the clock, and one that blocks its event loop (`time.sleep`, a call to the
outside world that is waited for) lets it go on and reads what came meanwhile afterwards, as a stalled server does.

Event loops, `time.time`, `time.monotonic`, `time.perf_counter` and `time.sleep` follow this clock. Threads are waited
for while they do work that a loop gave them; threads that the project began itself are not. `datetime.now` is real.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from .agent import Agent

START_NS = 100 * 10**9
"""What `time.monotonic_ns` says at the beginning."""

WALL_NS = 1_767_603_600 * 10**9 - START_NS
"""What `time.time_ns` is ahead of it: it begins on 2026-01-05 at 09:00 UTC."""


class _Work:
    """What a thread does for an event loop; it rests while it waits for a later time or for the outside world."""

    def __init__(self, crew: _Crew) -> None:
        self.crew = crew
        self.resting = False


class _Crew:
    """Threads that work for event loops, *most* of them at once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.queued: set[_Work] = set()
        self.begun: set[_Work] = set()

    def is_at_work(self) -> bool:
        return any(not work.resting for work in self.begun) or (bool(self.queued) and len(self.begun) < self._most)


class _Waiting:
    """A thread that waits, other than the main one."""

    def __init__(self, done: Callable[[], object], until: float | None, work: _Work | None) -> None:
        self.done, self.until, self.work = done, until, work
        self.woken = False


class Clock:
    """The examiner's clock as this process knows it: the time of the last instant."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._ns = START_NS
        self._s = START_NS / 1e9
        self._until: float | None = None
        self._changed = threading.Condition()
        self._seen = 0
        self._version = 0
        self._waiting: list[_Waiting] = []
        self._crews: dict[object, _Crew] = {}
        self._thread = threading.local()

    def install(self) -> None:
        """Let the project see this time, and have its event loops follow it."""
        vars(time).update(
            monotonic=self.time,
            monotonic_ns=lambda: self._ns,
            perf_counter=self.time,
            perf_counter_ns=lambda: self._ns,
            time=lambda: WALL_NS / 1e9 + self._s,
            time_ns=lambda: WALL_NS + self._ns,
            sleep=self.sleep,
        )
        for module in (asyncio, asyncio.events):
            vars(module)["new_event_loop"] = lambda: Loop(self)
        self._count_anyio()

    def time(self) -> float:
        """Seconds, as `time.monotonic` gives them."""
        return self._s

    def sleep(self, seconds: float) -> None:
        """Block this thread until so much time has gone by."""
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        until = self.time() + seconds
        self.wait(lambda: self.time() >= until, until)

    def wait(self, done: Callable[[], object], until: float | None = None) -> None:
        """Block this thread until *done*, which is asked after each instant; there is one at *until* at the latest."""
        if threading.current_thread() is threading.main_thread():
            self._wait_idle(done, until)
            return
        waiting = _Waiting(done, until, getattr(self._thread, "work", None))
        with self._changed:
            if done():
                return
            self._waiting.append(waiting)
            if waiting.work is not None:
                waiting.work.resting = True
            self._tell()
            while not waiting.woken:
                self._changed.wait()

    def instant(self, head: dict[str, Any], body: bytes, read: Callable[[], tuple[dict[str, Any], bytes]]) -> None:
        """Take a frame and what else comes in the same instant, which *read* gives; for the thread that listens."""
        with self._changed:
            while "go" not in head:
                self._seen += 1
                if "now" in head:
                    self._reach(int(head["now"]))
                else:
                    self._agent.hear(head, body)
                head, body = read()
            self._seen += 1
            self._tell()

    def poke(self, loop: Loop) -> None:
        """Something was given to *loop* by another thread."""
        with self._changed:
            loop.poked = True
            self._tell()

    def submit(self, loop: Loop, pool: ThreadPoolExecutor, call: Callable[[], Any]) -> asyncio.Future[Any]:
        """Have *call* done by a thread of *pool*, while the clock stands."""
        with self._changed:
            work = _Work(self._crews.setdefault(pool, _Crew(pool._max_workers)))
            work.crew.queued.add(work)
        done = pool.submit(self._working, work, call)
        awaited = asyncio.wrap_future(done, loop=loop)
        done.add_done_callback(lambda _: self._end(work))  # second, so that the loop has heard of the result
        return awaited

    def _working(self, work: _Work, call: Callable[[], Any]) -> Any:
        with self._changed:
            work.crew.queued.discard(work)
            work.crew.begun.add(work)
        self._thread.work = work
        return call()

    def _end(self, work: _Work) -> None:
        with self._changed:
            work.crew.queued.discard(work)
            work.crew.begun.discard(work)
            self._tell()

    def _reach(self, ns: int) -> None:
        """It is *ns* now: not a rounding error before the time that was waited for, or it would be waited for again."""
        until = self._until if self._until is not None and round(self._until * 1e9) <= ns else 0.0
        self._ns, self._s = ns, max(self._s, ns / 1e9, until)

    def _tell(self) -> None:
        """Look who has not to wait any longer; whoever holds the lock."""
        self._version += 1
        for waiting in [one for one in self._waiting if one.done()]:
            self._waiting.remove(waiting)
            waiting.woken = True
            if waiting.work is not None:
                waiting.work.resting = False
        self._changed.notify_all()

    def _wait_idle(self, done: Callable[[], object], until: float | None) -> None:
        """Let the main thread wait, and the examiner's clock go on whenever nobody else is at work."""
        told = None
        while True:
            with self._changed:
                while not done() and (self._at_work() or told == self._version):
                    self._changed.wait()
                if done():
                    return
                told = self._version
                times = [one for one in (until, *(waiting.until for waiting in self._waiting)) if one is not None]
                self._until = min(times, default=None)
                head = {"idle": self._seen, "until": self._until}
            self._agent.send(head)  # without the lock: the pipe may be full, and the listener must read on

    def _at_work(self) -> bool:
        return any(crew.is_at_work() for crew in self._crews.values())

    def _count_anyio(self) -> None:
        """Count the threads in which FastAPI and Starlette run what is not asynchronous."""
        try:
            from anyio import CapacityLimiter, to_thread
        except ImportError:
            return
        run_sync = to_thread.run_sync
        crew = self._crews["anyio"] = _Crew(1 << 30)

        async def counted(func: Any, *args: Any, limiter: Any = None, **more: Any) -> Any:
            async with limiter or to_thread.current_default_thread_limiter():
                work = _Work(crew)
                crew.begun.add(work)
                try:
                    call = partial(self._working, work, partial(func, *args))
                    return await run_sync(call, limiter=CapacityLimiter(1), **more)
                finally:
                    self._end(work)

        vars(to_thread)["run_sync"] = counted


class _Selector(selectors.SelectSelector):
    """Waits in virtual time: descriptors are looked at after each instant."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.loop: Loop | None = None

    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        loop = self.loop
        if found or loop is None or (timeout is not None and timeout <= 0):
            return found
        until = None if timeout is None else self._clock.time() + timeout
        self._clock.wait(lambda: loop.poked or (until is not None and self._clock.time() >= until), until)
        loop.poked = False
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time is *clock*'s."""

    def __init__(self, clock: Clock) -> None:
        self.poked = False
        self._clock = clock
        selector = _Selector(clock)
        super().__init__(selector)
        selector.loop = self
        self.set_default_executor(ThreadPoolExecutor(thread_name_prefix="asyncio"))

    def time(self) -> float:
        """Seconds of virtual time."""
        return self._clock.time()

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> asyncio.Handle:
        """As every loop does, and the clock hears of it."""
        handle = super().call_soon_threadsafe(callback, *args, context=context)
        self._clock.poke(self)
        return handle

    def set_default_executor(self, executor: Any) -> None:
        """As every loop does."""
        self._pool = executor
        super().set_default_executor(executor)

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """As every loop does; the clock stands while the thread works."""
        pool = self._pool if executor is None else executor
        if not isinstance(pool, ThreadPoolExecutor):
            return super().run_in_executor(executor, func, *args)
        return self._clock.submit(self, pool, partial(func, *args))

    async def shutdown_default_executor(self, *_: Any) -> None:
        """Let its threads end by themselves: the thread that would wait for them is one that nobody counts."""
        self._pool.shutdown(wait=False)
