"""What is taken as an answer: its length, its characters, its language."""

from __future__ import annotations

from greenroom.bank.models import Item
from greenroom.interview.rules import MAX_ANSWER_CHARACTERS, MAX_PROJECT_CHARACTERS
from greenroom.judge.choosing import choices
from greenroom.judge.languages import TITLES, title_of
from greenroom.kernel.errors import InputError


def check_text(item: Item | None, text: str) -> None:
    """Raises InputError when *text* is too long for an answer to *item*, or cannot be stored."""
    most = MAX_PROJECT_CHARACTERS if item is not None and item.kind.is_lab else MAX_ANSWER_CHARACTERS
    if len(text) > most:
        mend = f"shorten it to {most:,} characters; your draft in the page is untouched"
        raise InputError(f"the answer has {len(text):,} characters", mend=mend)
    if "\x00" in text:
        raise InputError("the answer contains a NUL character", mend="remove it")


def check_language(item: Item | None, language: str | None) -> None:
    """Raises InputError when *item* cannot be answered in *language* on this host; None is always right."""
    if language is None:
        return
    titles = {one.name: one.title for one in choices(item)} if item is not None else TITLES
    if language not in titles:
        mend = f"choose {' or '.join(titles.values())}" if titles else "send no language with it"
        raise InputError(f"this round cannot be answered in {title_of(language)} here", mend=mend)
