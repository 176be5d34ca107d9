"""A language model beside the embedded grader. It can only add to what that says; without it nothing stops."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence

import structlog

from greenroom.bank.findings import Finding
from greenroom.grading.guards import refuse
from greenroom.grading.language_model.endpoint import Endpoint, NoReply, require_httpx
from greenroom.grading.language_model.joining import joined, noted
from greenroom.grading.language_model.protocol import (
    MOST_ANSWER_CHARACTERS,
    Question,
    Said,
    UnreadableReply,
    body,
    plainer,
    said,
)
from greenroom.grading.sentences import sentences
from greenroom.platform.settings import Settings

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 4
FAILURES, REST_S = 3, 60.0
"""After so many questions in a row without a reading none is asked for so long: answers would wait for nothing."""


class LanguageModel:
    """Reads answers with the model *name* of an endpoint. Thread-safe. *nonce* and *clock* (seconds) are for tests."""

    def __init__(
        self,
        endpoint: Endpoint,
        name: str,
        *,
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._endpoint, self._nonce, self._clock = endpoint, nonce, clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._failed, self._rests_until = 0, 0.0

    def beside(
        self, findings: Sequence[Finding], claims: Mapping[str, str], answer: str, prompt: str
    ) -> tuple[Finding, ...]:
        """*findings* of the embedded grader, joined with what the model says of the same points.

        What the guards refuse is not sent. Without a reading the findings stay, and say so. Blocks, at most twice the
        endpoint's timeout.
        """
        if not claims or refuse(answer, sentences(answer), prompt) is not None:
            return tuple(findings)
        if len(answer) > MOST_ANSWER_CHARACTERS:
            return _without(findings, "was not asked: the answer is too long")
        try:
            found = self._asked(Question(prompt, claims, answer))
        except NoReply as error:
            log.warning("the language model gave no reading", reason=error.reason)
            return _without(findings, error.reason)
        return tuple(joined(one, found.get(one.point), answer, prompt, self.name) for one in findings)

    def _asked(self, question: Question) -> dict[str, Said]:
        if self._rests():
            raise NoReply("was not asked: it failed several times just now")
        if not self._places.acquire(blocking=False):
            raise NoReply("was not asked: it has too much to read")
        try:
            found = self._in_two_tries(question)
        except NoReply:
            self._note(failed=True)
            raise
        finally:
            self._places.release()
        self._note(failed=False)
        return found

    def _in_two_tries(self, question: Question) -> dict[str, Said]:
        try:
            return self._once(question)
        except NoReply as error:
            if not error.again:
                raise
            return self._once(question, plain=error.status == 400)

    def _once(self, question: Question, *, plain: bool = False) -> dict[str, Said]:
        request = body(question, self.name, self._nonce())
        try:
            return said(self._endpoint.post(plainer(request) if plain else request), question.claims)
        except UnreadableReply:
            raise NoReply("answered with something unreadable") from None

    def _rests(self) -> bool:
        with self._lock:
            return self._clock() < self._rests_until

    def _note(self, *, failed: bool) -> None:
        with self._lock:
            self._failed = self._failed + 1 if failed else 0
            if self._failed >= FAILURES:
                self._failed, self._rests_until = 0, self._clock() + REST_S


def _without(findings: Sequence[Finding], reason: str) -> tuple[Finding, ...]:
    return tuple(noted(one, f"{reason}; read without it") for one in findings)


def open_language_model(settings: Settings) -> LanguageModel | None:
    """The language model that the settings name; None, and nothing is ever sent, when they name none.

    Raises EnvironmentFault when its client is not installed, and InputError for a file of the key that cannot be read.
    """
    if not settings.llm_url:
        return None
    require_httpx()
    return LanguageModel(
        Endpoint(settings.llm_url, settings.read_llm_key(), settings.llm_timeout_s), settings.llm_model
    )
