"""Whatever two devices of one user do, in any order: what was ended stays ended, and what goes on goes on.

The machine keeps a model of each session (live or not, which refresh token is the newest, which were spent when) and
holds every token that was ever given against it, on a real SQLite database.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from greenroom.accounts import queries
from greenroom.accounts.audit import NOWHERE, entries
from greenroom.accounts.errors import LoginRefused, RefreshRaced, SessionOver
from greenroom.accounts.keys import KeyFile
from greenroom.accounts.mail import Post
from greenroom.accounts.passwords import Passwords
from greenroom.accounts.revocations import Revocations
from greenroom.accounts.rules import ACCESS_LIFETIME, GRACE, REFRESH_ABSOLUTE, REFRESH_SLIDING, Role
from greenroom.accounts.service import Accounts
from greenroom.accounts.sessions import Opened, Sessions
from greenroom.kernel.clock import ManualClock
from greenroom.platform.database import Database
from tests.accounts.conftest import REALM, Letters
from tests.interview.builders import START

EMAIL = "ada@example.org"
DEVICES = ("laptop", "phone")
WAITS = [
    timedelta(0),
    timedelta(seconds=1),
    GRACE - timedelta(seconds=1),
    GRACE,
    timedelta(minutes=14),
    ACCESS_LIFETIME,
    timedelta(days=20),
    REFRESH_SLIDING,
]

_Result = TypeVar("_Result")


@dataclass
class Token:
    """A refresh token: spent when, and whether it is known that its successor arrived."""

    text: str
    spent_at: datetime | None = None
    delivered: bool = False


@dataclass
class Model:
    """What a session must be."""

    id: str
    expires_at: datetime
    idle_at: datetime
    live: bool = True
    tokens: list[Token] = field(default_factory=list)
    access: list[Opened] = field(default_factory=list)

    def goes_on(self, now: datetime) -> bool:
        return self.live and now < self.expires_at and now < self.idle_at


class Accountancy(RuleBasedStateMachine):
    """The rules. Each instance has a database of its own, copied from an empty one."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "greenroom.db")
        self.clock = ManualClock(START)
        self.database = Database(self.folder / "greenroom.db", readers=1)
        keys = KeyFile(self.folder / "keys.json", "EdDSA")
        sessions = Sessions(self.database, keys, REALM, Revocations(self.database, self.clock))
        self.accounts = Accounts(
            sessions, Passwords(1, memory_kib=8), Post(Letters()), registration="open", address="https://x.test"
        )
        self.words = itertools.count(1)
        self.models: list[Model] = []
        self.held: dict[str, Model] = {}
        self.replays = 0

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self.loop.run_until_complete(work)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def password(self) -> str:
        return f"four words of number {self.number}"

    def teardown(self) -> None:
        try:
            assert len(self.run(entries(self.database, action="refresh-replayed"))) == min(self.replays, 50)
        finally:
            self.run(self.accounts.close())
            self.run(self.database.close())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()
            shutil.rmtree(self.folder)

    @initialize()
    def somebody_registers(self) -> None:
        self.number = next(self.words)
        self.disabled = False
        self.run(
            self.accounts.register(
                email=EMAIL, name="Ada", password=self.password, invitation=None, source=NOWHERE, now=self.now
            )
        )
        found = self.run(self._row())
        self.user_id, self.role = str(found.id), Role.candidate

    async def _row(self) -> Any:
        async with self.database.read() as connection:
            return await queries.user_by_email(connection, EMAIL)

    # What is opened and renewed

    def _opened(self, opened: Opened) -> Model:
        model = Model(opened.user.session_id, self.now + REFRESH_ABSOLUTE, opened.until)
        assert model.id not in [one.id for one in self.models]
        self.models.append(model)
        self._given(model, opened)
        return model

    def _given(self, model: Model, opened: Opened) -> None:
        assert opened.user.session_id == model.id
        model.tokens.append(Token(opened.refresh_token))
        model.access.append(opened)
        model.idle_at = min(self.now + REFRESH_SLIDING, model.expires_at)
        assert opened.until == model.idle_at

    @rule(device=st.sampled_from(DEVICES))
    def log_in(self, device: str) -> None:
        work = self.accounts.login(EMAIL, self.password, NOWHERE, self.now)
        if self.disabled:
            with pytest.raises(LoginRefused):
                self.run(work)
            return
        self.held[device] = self._opened(self.run(work))

    @rule()
    def log_in_with_an_older_password(self) -> None:
        with pytest.raises(LoginRefused):
            self.run(self.accounts.login(EMAIL, self.password + " once", NOWHERE, self.now))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), arrives=st.booleans())
    def refresh_with_the_newest(self, data: st.DataObject, arrives: bool) -> None:
        model = data.draw(st.sampled_from(list(self.held.values())))
        self._refresh(model, model.tokens[-1], arrives)

    @precondition(lambda self: self.models)
    @rule(data=st.data(), arrives=st.booleans())
    def refresh_with_any_that_ever_was(self, data: st.DataObject, arrives: bool) -> None:
        model = data.draw(st.sampled_from(self.models))
        self._refresh(model, data.draw(st.sampled_from(model.tokens)), arrives)

    def _refresh(self, model: Model, token: Token, arrives: bool) -> None:
        expected = self._expected(model, token)
        try:
            opened = self.run(self.accounts.sessions.refresh(token.text, NOWHERE, self.now))
        except RefreshRaced:
            assert expected == "raced"
            return
        except SessionOver:
            assert expected in ("over", "replay")
            if expected == "replay":
                model.live = False
                self.replays += 1
            return
        assert expected == "renewed"
        self._spend(model, token, opened, arrives)

    def _expected(self, model: Model, token: Token) -> str:
        """What spending *token* must come to."""
        if not self._known(model) or not model.live:
            return "over"
        if token.spent_at is None:
            return "renewed" if model.goes_on(self.now) else "over"
        if token.spent_at > self.now - GRACE:
            return "raced"
        if not token.delivered and model.goes_on(self.now):
            return "renewed"
        return "replay"

    def _known(self, model: Model) -> bool:
        """Sessions that have expired are forgotten at the next login, with their tokens."""
        return not any(other.access[0].access.expires_at - ACCESS_LIFETIME >= model.expires_at for other in self.models)

    def _spend(self, model: Model, token: Token, opened: Opened, arrives: bool) -> None:
        token.spent_at = self.now
        for one in model.tokens:
            if one is not token and (one.spent_at is None or not one.delivered):
                one.spent_at, one.delivered = one.spent_at or self.now, True
        token.delivered = arrives
        self._given(model, opened)
        if arrives:
            self.run(self.accounts.sessions.delivered(opened.refresh_token, self.now))

    @precondition(lambda self: self.held)
    @rule(data=st.data(), times=st.integers(2, 4))
    def refresh_in_parallel(self, data: st.DataObject, times: int) -> None:
        model = data.draw(st.sampled_from(list(self.held.values())))
        token = model.tokens[-1]
        expected = self._expected(model, token)
        works = [self.accounts.sessions.refresh(token.text, NOWHERE, self.now) for _ in range(times)]
        answers = self.run(_all(works))
        won = [one for one in answers if isinstance(one, Opened)]
        if expected != "renewed":
            assert won == []
            if expected == "replay":
                model.live = False
                self.replays += 1
            return
        assert len(won) == 1
        assert sum(isinstance(one, RefreshRaced) for one in answers) == times - 1
        self._spend(model, token, won[0], arrives=True)

    # What is ended

    def _alive(self, device: str) -> Model | None:
        model = self.held.get(device)
        return model if model is not None and model.goes_on(self.now) else None

    def _end(self, models: list[Model]) -> None:
        for one in models:
            one.live = False

    @rule(device=st.sampled_from(DEVICES))
    def log_out_here(self, device: str) -> None:
        model = self._alive(device)
        if model is not None:
            self.run(self.accounts.sessions.leave(model.access[-1].user, NOWHERE, self.now))
            self._end([model])

    @rule(device=st.sampled_from(DEVICES))
    def log_out_everywhere(self, device: str) -> None:
        model = self._alive(device)
        if model is not None:
            self.run(self.accounts.sessions.leave_everywhere(model.access[-1].user, NOWHERE, self.now))
            self._end(self.models)

    @rule(device=st.sampled_from(DEVICES))
    def end_the_other_device(self, device: str) -> None:
        model, other = self._alive(device), self.held.get(next(one for one in DEVICES if one != device))
        if model is not None and other is not None and other.live and self._known(other):
            self.run(self.accounts.sessions.end_one(model.access[-1].user, other.id, NOWHERE, self.now))
            self._end([other])

    @rule(device=st.sampled_from(DEVICES))
    def change_the_password(self, device: str) -> None:
        model = self._alive(device)
        if model is not None:
            old, self.number = self.password, next(self.words)
            work = self.accounts.change_password(model.access[-1].user, old, self.password, NOWHERE, self.now)
            opened = self.run(work)
            self._end(self.models)
            self.held[device] = self._opened(opened)

    @rule()
    def disable_or_let_in_again(self) -> None:
        self.disabled = not self.disabled
        self._as_admin(disabled_at=self.now if self.disabled else None)

    def _as_admin(self, **_: Any) -> None:
        self.run(self.accounts.set_disabled(self._admin(), self.user_id, self.disabled, NOWHERE, self.now))
        if self.disabled:
            self._end(self.models)

    def _admin(self) -> Any:
        from greenroom.accounts.rules import User

        return User("admin", "Admin", "none", Role.admin)

    @rule(role=st.sampled_from([Role.candidate, Role.author]))
    def give_another_role(self, role: Role) -> None:
        self.run(self.accounts.set_role(self._admin(), self.user_id, role, NOWHERE, self.now))
        if role is not self.role:
            self.role = role
            self._end(self.models)

    @rule()
    def rotate_the_signing_key(self) -> None:
        self.accounts.sessions.keys.rotate(self.now)

    @rule()
    def start_another_process(self) -> None:
        """What only this process knew is forgotten."""
        sessions = self.accounts.sessions
        sessions.revocations = Revocations(self.database, self.clock)
        sessions.keys = KeyFile(sessions.keys.path, "EdDSA")

    @rule(wait=st.sampled_from(WAITS))
    def wait(self, wait: timedelta) -> None:
        self.clock.advance(wait.total_seconds())

    # What must hold in every state

    @invariant()
    def access_tokens_work_while_their_session_goes_on(self) -> None:
        for model in self.models:
            for opened in model.access[-4:]:
                found = self.run(self.accounts.sessions.who(opened.access_token, self.now))
                good = model.live and self.now < min(opened.access.expires_at, model.expires_at)
                assert (found is not None) is good
                if found is not None:
                    assert (found.id, found.session_id, found.role) == (self.user_id, model.id, self.role)

    @invariant()
    def a_spent_token_serves_a_page_only_within_the_grace_of_a_live_session(self) -> None:
        for model in self.models:
            for token in model.tokens[-3:]:
                raced = token.spent_at is not None and token.spent_at > self.now - GRACE
                good = raced and model.live and self.now < model.expires_at
                try:
                    found = self.run(self.accounts.sessions.raced(token.text, self.now))
                except SessionOver:
                    assert not good
                else:
                    assert good
                    assert found.session_id == model.id

    @invariant()
    def the_list_of_sessions_is_of_those_that_go_on(self) -> None:
        if hasattr(self, "user_id"):
            devices = self.run(self.accounts.sessions.devices(self.user_id, self.now))
            assert {one.id for one in devices} == {one.id for one in self.models if one.goes_on(self.now)}


async def _all(works: list[Coroutine[Any, Any, Opened]]) -> list[Any]:
    done: list[Any] = await asyncio.gather(*works, return_exceptions=True)
    return done


@pytest.mark.timeout(170)
def test_no_reachable_state_lets_an_ended_session_work(migrated_file: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Accountancy.template = migrated_file
    run_state_machine_as_test(
        Accountancy,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],  # a failure is told at once: shrinking takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
