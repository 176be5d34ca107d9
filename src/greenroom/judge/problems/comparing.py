"""The default output validator: whether a program's output says the same as the answer file. Pure.

As the package format specifies it: single-byte characters, tokens between white space, numbers within a tolerance
where one is set. Tokens are taken one after the other, so a long output costs no more memory than it has bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from itertools import zip_longest

from greenroom.bank.kattis.cases import Comparison

_SHOWN = 60
_TOKEN = re.compile(rb"[^ \f\n\r\t\v]+")
_PIECE = re.compile(rb"[ \f\n\r\t\v]+|[^ \f\n\r\t\v]+")
_NUMBER = re.compile(rb"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|[+-]?(inf(inity)?|nan)", re.IGNORECASE)
_LONGEST_NUMBER = 400


def difference(answer: bytes, output: bytes, how: Comparison) -> str | None:
    """The first difference of *output* from *answer* in words, which quote both; None where they agree."""
    if answer == output:
        return None
    pairs = zip_longest(_pieces(answer, how), _pieces(output, how))
    for place, (wanted, given) in enumerate(pairs, start=1):
        if wanted is None or given is None:
            return _of_lengths(place, wanted, given)
        if not _same(wanted, given, how):
            return f"token {place} is {_shown(given)}, expected {_shown(wanted)}"
    return None


def _pieces(text: bytes, how: Comparison) -> Iterator[bytes]:
    pattern = _PIECE if how.space_change_sensitive else _TOKEN
    return (found.group() for found in pattern.finditer(text))


def _of_lengths(place: int, wanted: bytes | None, given: bytes | None) -> str:
    if given is None:
        return f"it ends before token {place}, expected {_shown(wanted or b'')}"
    return f"more than the {place - 1} tokens expected: {_shown(given)}"


def _same(wanted: bytes, given: bytes, how: Comparison) -> bool:
    if wanted == given:
        return True
    if wanted.isspace() or given.isspace():  # only where white space counts
        return False
    if how.float_relative_tolerance is not None or how.float_absolute_tolerance is not None:
        number = _number(wanted)
        if number is not None:
            other = _number(given)
            return other is not None and _close(number, other, how)
    return not how.case_sensitive and wanted.lower() == given.lower()


def _number(token: bytes) -> float | None:
    if len(token) > _LONGEST_NUMBER or _NUMBER.fullmatch(token) is None:
        return None
    return float(token)


def _close(wanted: float, given: float, how: Comparison) -> bool:
    if not math.isfinite(wanted) or not math.isfinite(given):
        return wanted == given or (math.isnan(wanted) and math.isnan(given))
    apart = abs(given - wanted)
    relative, absolute = how.float_relative_tolerance, how.float_absolute_tolerance
    return (absolute is not None and apart <= absolute) or (relative is not None and apart <= relative * abs(wanted))


def _shown(token: bytes) -> str:
    cut = token if len(token) <= _SHOWN else token[: _SHOWN - 1] + b"\xe2\x80\xa6"
    return repr(cut.decode("utf-8", "replace"))
