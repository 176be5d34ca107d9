"""What happens in a round, live over a WebSocket: for clients that hold one connection open as long as they are there.

Whoever opens it shows an access token, in the cookie of a page or in the `Authorization` header. The connection ends
with that token unless the client has sent a newer one of the same session in time: `{"token": "…"}`.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from greenroom.accounts.rules import User
from greenroom.accounts.sessions import Sessions
from greenroom.accounts.tokens import MOST_BYTES
from greenroom.interview.assembly import Workplace
from greenroom.interview.service import Place
from greenroom.kernel.errors import NotFoundError
from greenroom.platform.channels import Channels
from greenroom.platform.relay import Relay
from greenroom.web.live import LOOK_S, stored
from greenroom.web.session import bearer_token, same_origin

router = APIRouter()

NO_SESSION, OTHER_SITE, NOT_THERE = 4401, 4403, 4404
"""Close codes: nobody is signed in (any more), the page is another site's, the round is not there or not theirs."""

NOT_UNDERSTOOD = 1007
_MOST_CHARACTERS = MOST_BYTES + 100


class Closing(Exception):
    """The connection is to be closed with `code`."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass
class _Guest:
    """Who is connected, and until when."""

    user: User
    expires_at: datetime


@router.websocket("/rounds/{round_id}/live")
async def live_round(socket: WebSocket, round_id: str) -> None:
    """The events of the newest run or submission of a round, then those of the next, as long as the session goes on.

    A message is `{"of": "run" or "submission", "id", "number", "event", "data"}` as in the streams of the pages;
    `number` is 0 for what holds only until the next event.
    """
    await socket.accept()  # a browser is told the code of a connection that was open, and of no other
    try:
        guest = await _guest(socket)
        await _both(_tell(socket, guest.user.id, round_id), _watch(socket, guest))
    except Closing as end:
        await socket.close(end.code, end.reason)
    except WebSocketDisconnect:
        return


async def _guest(socket: WebSocket) -> _Guest:
    """Who has connected. Raises Closing."""
    if not same_origin(socket):
        raise Closing(OTHER_SITE, "another site")
    header = socket.headers.get("authorization")
    cookie = socket.cookies.get(socket.app.state.cookies.access, "")
    return await _signed_in(_work(socket), cookie if header is None else bearer_token(header))


async def _signed_in(work: Workplace, token: str) -> _Guest:
    now, sessions = work.clock.now(), work.accounts.sessions
    access = sessions.access(token, now)
    user = await sessions.who(token, now)
    if access is None or user is None:
        raise Closing(NO_SESSION, "sign in")
    return _Guest(user, access.expires_at)


async def _both(*parts: Awaitable[None]) -> None:
    """Run them until the first ends, and end the others with it."""
    tasks = [asyncio.ensure_future(one) for one in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in done:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch(socket: WebSocket, guest: _Guest) -> None:
    """Take newer tokens, and raise Closing when the session or the last token has ended."""
    work = _work(socket)
    heard = asyncio.ensure_future(_heard(socket))
    try:
        while True:
            await asyncio.wait([heard], timeout=LOOK_S)
            if heard.done():
                await _renew(work, guest, heard.result())
                heard = asyncio.ensure_future(_heard(socket))
            _check(work.accounts.sessions, guest, work.clock.now())
    finally:
        heard.cancel()
        await asyncio.gather(heard, return_exceptions=True)


async def _heard(socket: WebSocket) -> str:
    """The next text; an empty one for anything else. Raises WebSocketDisconnect."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    return message.get("text") or ""


def _check(sessions: Sessions, guest: _Guest, now: datetime) -> None:
    if guest.expires_at <= now or sessions.revocations.revoked(guest.user.session_id):
        raise Closing(NO_SESSION, "the session or its token has ended")


async def _renew(work: Workplace, guest: _Guest, text: str) -> None:
    newer = await _signed_in(work, _token(text))
    if newer.user.session_id != guest.user.session_id:
        raise Closing(NO_SESSION, "another session")
    guest.expires_at = max(guest.expires_at, newer.expires_at)


def _token(text: str) -> str:
    if len(text) <= _MOST_CHARACTERS:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict) and said.keys() == {"token"} and isinstance(said["token"], str):
            return said["token"]
    raise Closing(NOT_UNDERSTOOD, 'send {"token": "…"}')


async def _tell(socket: WebSocket, user_id: str, round_id: str) -> None:
    """Send the events of the newest stream, and of the next when it is over. Raises Closing."""
    told: set[str] = set()
    while True:
        place = await _place(_work(socket), user_id, round_id)
        key = await _newest(socket, place, told)
        if key is None:
            await asyncio.sleep(LOOK_S)
            continue
        async for message in _messages(socket, place, key):
            await socket.send_json(message)
        told.add(key)


async def _place(work: Workplace, user_id: str, round_id: str) -> Place:
    if "\0" in round_id:  # PostgreSQL cannot be asked for it
        raise Closing(NOT_THERE, "there is no such round")
    try:
        return await work.interviews.place(user_id, round_id)
    except NotFoundError:
        raise Closing(NOT_THERE, "there is no such round") from None


async def _newest(socket: WebSocket, place: Place, told: set[str]) -> str | None:
    """The channel of what runs or was handed in last, in whichever process; None if it was told.

    Where there is none any more: the last submission of before.
    """
    submissions = [one.id for one in place.round.submissions]
    prefix = f"{place.round.id}/"
    found = [_live(socket).latest(prefix, submissions), await _others(socket).latest(prefix, submissions)]
    _, key = max((one for one in found if one is not None), default=(0.0, None))
    if key is None and not told and submissions and place.round.submissions[-1].state == "done":
        key = submissions[-1]
    return key if key not in told else None


async def _messages(socket: WebSocket, place: Place, key: str) -> AsyncIterator[dict[str, Any]]:
    round_id, _, run_id = key.rpartition("/")
    head = {"of": "run" if round_id else "submission", "id": run_id}
    live = _live(socket)
    events = live.listen(key) if live.known(key) else await _others(socket).find(key)
    if events is not None:
        async for event in events:
            yield head | {"number": event.number, "event": event.name, "data": event.data}
        return
    for number, name, data in stored(place.round.submissions[-1]) if not round_id else ():
        yield head | {"number": number, "event": name, "data": data}


def _others(socket: WebSocket) -> Relay:
    others: Relay = socket.app.state.relay
    return others


def _live(socket: WebSocket) -> Channels:
    live: Channels = socket.app.state.channels
    return live


def _work(socket: WebSocket) -> Workplace:
    work: Workplace = socket.app.state.work
    return work
