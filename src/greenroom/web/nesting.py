"""How deep JSON is nested, counted on its bytes: a parser would have to recurse to find out. Pure."""

from __future__ import annotations

_PAIRS = bytes.maketrans(b"{}", b"[]")
_REST = bytes(one for one in range(256) if one not in b'"[]{}')


def is_deeper(text: bytes, most: int) -> bool:
    """Whether arrays and objects of *text* are nested more than *most* levels deep, brackets in strings aside.

    It takes time proportional to the length, also for what is no JSON: openers that nothing closes count as deeper
    once there are more brackets than *most*.
    """
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    brackets = _brackets(text)
    for _ in range(most):  # each time the innermost level goes
        brackets = brackets.replace(b"[]", b"")
    return b"[" in brackets


def _brackets(text: bytes) -> bytes:
    """The brackets outside of strings, all of them square."""
    unescaped = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(unescaped.translate(_PAIRS, _REST).split(b'"')[::2])
