"""Refresh tokens, kept where nobody can steal them: in memory."""

import secrets
import threading

import clock

LIFETIME_S = 30 * 86_400
LOCK = threading.Lock()
TOKENS: dict[str, tuple[int, int, int]] = {}
SPENT: dict[str, int] = {}
ENDED: set[int] = set()


class Refused(Exception):
    """This refresh token is not accepted."""


def begin(member: int) -> str:
    return _issue(member, secrets.randbits(64))


def exchange(token: str) -> tuple[int, str]:
    with LOCK:
        if token in SPENT:
            ENDED.add(SPENT[token])
            raise Refused
        member, login, expires = TOKENS.pop(token, (0, 0, 0))
        if expires <= clock.now() or login in ENDED:
            raise Refused
        SPENT[token] = login
        return member, _issue(member, login)


def end(token: str) -> None:
    ENDED.add(SPENT.get(token) or TOKENS.get(token, (0, 0, 0))[1])


def _issue(member: int, login: int) -> str:
    token = secrets.token_urlsafe(32)
    TOKENS[token] = (member, login, clock.now() + LIFETIME_S)
    return token
