"""How deep JSON is nested, counted on its bytes: a parser would have to recurse to find out. Pure."""

from __future__ import annotations

_PAIRS = bytes.maketrans(b"{}", b"[]")
_REST = bytes(one for one in range(256) if one not in b'"[]{}')


def is_deeper(text: bytes, most: int) -> bool:
    """Whether arrays and objects of *text* are nested more than *most* levels deep, brackets in strings aside.

    It takes time proportional to the length, also for what is no JSON, where it may say True too early and never too
    late: openers that nothing closes count in full.
    """
    if text.count(b"[") + text.count(b"{") <= most:
        return False
    brackets = _brackets(text)
    for level in range(most + 1):
        if brackets.count(b"[") == 0:
            return False
        if level + brackets.count(b"[") - brackets.count(b"]") > most:
            return True
        brackets = brackets.replace(b"[]", b"")
    return b"[" in brackets


def _brackets(text: bytes) -> bytes:
    """The brackets outside of strings, all of them square."""
    unescaped = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(unescaped.translate(_PAIRS, _REST).split(b'"')[::2])
