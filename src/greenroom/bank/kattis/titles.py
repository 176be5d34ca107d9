"""Titles of a problem by language: from `name` in `problem.yaml`, and from the statements of legacy packages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.keys import Keys
from greenroom.bank.kattis.package import Statement

_PLAIN = re.compile(r"^\s*%+\s*plainproblemname:\s*(\S.*?)\s*$", re.MULTILINE)
_COMMAND = re.compile(r"\\problemname\s*\{([^{}\n]*)\}")
_MAX_HEAD = 64 * 1024


def titles_of(keys: Keys, statements: Sequence[Statement]) -> dict[str, str]:
    """What `name` says: a map by language, or one title, in English if there is such a statement, else in the first."""
    if isinstance(keys.raw("name"), dict):
        names = keys.map("name")
        return {language: title for language in names.names() if (title := names.text(language))}
    title = keys.text("name")
    languages = [statement.language for statement in statements]
    language = "en" if not languages or "en" in languages else languages[0]
    return {language: title} if title else {}


def titles_of_statements(files: Files, statements: Sequence[Statement]) -> dict[str, str]:
    r"""What TeX statements call the problem: a `%% plainproblemname:` comment before `\problemname{}`.

    A `\problemname` with commands or formulas in it is no plain title and is left out.
    """
    titles: dict[str, str] = {}
    for statement in statements:
        if statement.kind == "tex" and statement.language not in titles:
            text = files.text(statement.path, _MAX_HEAD)
            found = _PLAIN.search(text) or _COMMAND.search(text)
            title = " ".join(found[1].split()) if found else ""
            if title and not set(title) & set("\\$"):
                titles[statement.language] = title
    return titles
