"""The arguments of the default output validator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from greenroom.bank.kattis.cases import Comparison
from greenroom.bank.kattis.keys import number_of

_TOLERANCES = {
    "float_tolerance": ("float_relative_tolerance", "float_absolute_tolerance"),
    "float_relative_tolerance": ("float_relative_tolerance",),
    "float_absolute_tolerance": ("float_absolute_tolerance",),
}


def comparison_of(arguments: Sequence[str], *, once: bool) -> tuple[Comparison, list[str]]:
    """What *arguments* ask of the default output validator, and every argument that it does not know.

    With *once* (2025-09) a tolerance may be set one time only; otherwise the last one counts. Raises ValueError for a
    tolerance without a number of at least 0, and for one that is set again.
    """
    settings: dict[str, Any] = {}
    unknown: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in {"case_sensitive", "space_change_sensitive"}:
            settings[word] = True
        elif word in _TOLERANCES:
            epsilon = number_of(next(words, None))
            if epsilon is None or epsilon < 0:
                raise ValueError(f"{word} needs a number of at least 0 after it")
            fields = _TOLERANCES[word]
            if once and settings.keys() & fields:
                raise ValueError(f"{word} sets a tolerance that is set already")
            settings |= dict.fromkeys(fields, epsilon)
        else:
            unknown.append(word)
    return Comparison(**settings), unknown
