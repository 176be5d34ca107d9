"""The examiner as the supervisor asks it: for cases, and for its judgement."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from greenroom.judge import reading
from greenroom.judge.channel import Channel, Frame
from greenroom.judge.faults import BoxError, BoxTimeoutError, JudgeFaultError, judge_faults

_ANSWER_S = 120.0


class Session:
    """The examiner of one run. Raises JudgeFaultError, also with the reason that its template gives for its end.

    *give_up* ends the template when no answer comes: it is stuck, and others would wait as long.
    """

    def __init__(
        self,
        channel: Channel,
        last_words: Callable[[], str | None],
        close: Callable[[], None],
        give_up: Callable[[], None],
    ) -> None:
        self._channel = channel
        self._last_words = last_words
        self._close = close
        self._give_up = give_up

    def send(self, head: dict[str, Any], body: bytes = b"") -> None:
        """Ask for something."""
        with self._ending_explained():
            self._channel.send(head, body)

    def hand(self, head: dict[str, Any], given: Sequence[int]) -> None:
        """Say something, and with it hand over the descriptors *given*, which are closed here."""
        try:
            with self._ending_explained():
                self._channel.hand(head, given)
        finally:
            for end in given:
                os.close(end)

    def receive(self, on_tick: Callable[[], None]) -> Frame:
        """The answer to what was asked for first."""
        with self._ending_explained():
            return self._channel.receive(time.monotonic() + _ANSWER_S, on_tick)

    @contextlib.contextmanager
    def _ending_explained(self) -> Iterator[None]:
        try:
            yield
        except BoxError as error:
            said = self._last_words()
            if isinstance(error, BoxTimeoutError):
                self._give_up()
            if said is not None:
                raise JudgeFaultError(said) from None
            with judge_faults("the examiner"):
                raise

    def close(self) -> None:
        """The run has ended."""
        self._channel.close()
        self._close()


class Examination:
    """One run's session with the examiner, asked for one case after the other; it works ahead by one."""

    def __init__(self, session: Session, *, visible_only: bool) -> None:
        self._session = session
        self._next = {"op": "next", "visible_only": visible_only}

    def ask(self) -> None:
        """Ask for the next case without waiting for it."""
        self._session.send(self._next)

    def case(self, on_tick: Callable[[], None]) -> tuple[dict[str, Any], bytes] | None:
        """The case that was asked for; None after the last."""
        head, body = self._receive(on_tick)
        return (head["case"], body) if "case" in head else None

    def judge(self, index: int, answer: bytes | None, on_tick: Callable[[], None]) -> dict[str, Any]:
        """What the examiner says of *answer*; None where there is none and only what is expected matters."""
        self._session.send({"op": "judge", "index": index, "answered": answer is not None}, answer or b"")
        return self._receive(on_tick)[0]

    def rest(self, on_tick: Callable[[], None]) -> Counter[str]:
        """How many cases of each group were not asked for."""
        self._session.send({"op": "rest"})
        return Counter(map(str, self._receive(on_tick)[0]["groups"]))

    def close(self) -> None:
        """The run has ended."""
        self._session.close()

    def _receive(self, on_tick: Callable[[], None]) -> tuple[dict[str, Any], bytes]:
        head, body = self._session.receive(on_tick)
        if "fault" in head:
            raise JudgeFaultError(reading.clean(str(head["fault"]), 600))
        return head, body
