"""The visible cases of an item, read once: a bank does not change while the server runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from greenroom.bank.loader import load_cases
from greenroom.bank.models import Item, Kind
from greenroom.web import views

_MOST = 1000
_known: dict[Path, tuple[dict[str, Any], ...]] = {}


async def visible_cases(item: Item | None) -> tuple[dict[str, Any], ...]:
    """The cases that a candidate is shown; none for an item that is not answered with code."""
    if item is None or item.kind is not Kind.code:
        return ()
    found = _known.get(item.folder)
    if found is None:
        found = await asyncio.to_thread(_read, item)
        if len(_known) < _MOST:
            _known[item.folder] = found
    return found


def _read(item: Item) -> tuple[dict[str, Any], ...]:
    return tuple(views.visible_case(item, case) for case in load_cases(item) if case.visible)
