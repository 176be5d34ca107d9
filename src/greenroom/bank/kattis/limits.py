"""`limits` of `problem.yaml`, and the other places where legacy packages state a time limit."""

from __future__ import annotations

import re
from dataclasses import replace
from math import isclose
from pathlib import Path

from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.keys import Keys, number_of
from greenroom.bank.kattis.package import Limits

_WHOLE = (
    "memory", "output", "code", "compilation_time", "compilation_memory", "validation_time", "validation_memory",
    "validation_output",
)  # fmt: skip
_INI_LIMIT = re.compile(r"""^\s*timelimit\s*=\s*(["']?)([^"';#\n]*)\1\s*(?:[;#].*)?$""", re.MULTILINE)
_INI_SPECIAL = re.compile(r"^\s*(special_(?:run|compare))\s*=\s*\S", re.MULTILINE)
_MAX_INI = 64 * 1024

MOST_PASSES = 100
"""How often a submission runs on one case at most, so that none goes on for ever."""


def current_limits(keys: Keys) -> Limits:
    """The limits of a 2025-09 package."""
    multipliers = keys.map("time_multipliers")
    limits = Limits(
        time_limit=_time_limit(keys, "time_limit"),
        time_multiplier=multipliers.number("ac_to_time_limit", 2.0, least=1),
        time_safety_margin=multipliers.number("time_limit_to_tle", 1.5, least=1),
        time_resolution=keys.number("time_resolution", 1.0, above=0),
    )
    multipliers.name_the_rest()
    return _with_whole(keys, limits)


def legacy_limits(keys: Keys, files: Files) -> Limits:
    """The limits of a legacy package.

    The format has no place for a time limit. Kattis keeps it in `.timelimit`; DOMjudge takes it from
    `domjudge-problem.ini` as well and, before both, from `limits.time_limit`.
    """
    told = {
        files.root / "problem.yaml": _time_limit(keys, "time_limit") or _time_limit(keys, "time"),
        files.root / "domjudge-problem.ini": _of_ini(files, files.root / "domjudge-problem.ini"),
        files.root / ".timelimit": _of_timelimit(files, files.root / ".timelimit"),
    }
    stated = [(path, seconds) for path, seconds in told.items() if seconds is not None]
    for path, seconds in stated[1:]:
        if not isclose(seconds, stated[0][1]):
            files.leave_out(path, f"its time limit of {seconds:g} s; {files.shown(stated[0][0])} says otherwise")
    limits = Limits(
        time_limit=stated[0][1] if stated else None,
        time_multiplier=keys.number("time_multiplier", 5.0, above=0),
        time_safety_margin=keys.number("time_safety_margin", 2.0, above=0),
    )
    return _with_whole(keys, limits)


def passes(keys: Keys, *, multi_pass: bool) -> int:
    """How often a submission may run on one test case."""
    if multi_pass:
        stated = keys.integer("validation_passes", 2, least=2)
        if stated > MOST_PASSES:
            keys.leave_out("validation_passes", f"is held to {MOST_PASSES}")
        return min(stated, MOST_PASSES)
    if keys.raw("validation_passes") is not None:
        keys.leave_out("validation_passes", "is for multi-pass problems")
    return 1


def _with_whole(keys: Keys, limits: Limits) -> Limits:
    whole = {name: keys.integer(name, getattr(limits, name), least=1) for name in _WHOLE}
    stated = frozenset(name for name in _WHOLE if name in keys)
    if limits.time_limit is not None:
        stated |= {"time_limit"}
    return replace(limits, **whole, stated=stated)


def _time_limit(keys: Keys, name: str) -> float | None:
    return keys.number(name, 0.0, above=0) or None if name in keys else None


def _of_timelimit(files: Files, path: Path) -> float | None:
    return _seconds(files, path, files.text(path, _MAX_INI)) if files.is_file(path) else None


def _of_ini(files: Files, path: Path) -> float | None:
    if not files.is_file(path):
        return None
    text = files.text(path, _MAX_INI)
    for special in _INI_SPECIAL.finditer(text):
        files.leave_out(path, f"{special[1]} names a program of a DOMjudge")
    found = _INI_LIMIT.search(text)
    return _seconds(files, path, found[2]) if found else None


def _seconds(files: Files, path: Path, text: str) -> float | None:
    seconds = number_of(text)
    if seconds is None or seconds <= 0:
        files.broken(path, f"the time limit {text.strip()[:40]!r} is no number of seconds", "write one, such as `2.5`")
        return None
    return seconds
