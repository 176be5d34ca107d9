"""What a file called `.py` is: Python 2 or 3, which many do not say, and whether it needs more than Python itself."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Collection

LONGEST = 128 * 1024
"""Bytes of a source that are looked at; a longer one is taken for Python 3."""

_SAYS_3 = re.compile(r"\A#!.*python3")
_STATEMENTS = (
    r"print[ \t]+[\w\"'>`(~-]",
    r"print[ \t]*$",
    r"exec[ \t]+[\w\"']",
    r"except[ \t]+[\w.() ,]{1,100},[ \t]*\w{1,60}[ \t]*:",
    r"raise[ \t]+\w{1,60},",
)
_STATEMENT = re.compile(rf"^[^#\n]*\b(?:{'|'.join(_STATEMENTS)})", re.MULTILINE)
_CALL = re.compile(r"^[^#\n\"']*(?<![\w.])(?:(?:raw_input|xrange|unichr|unicode)\(|print[ \t]*>>)", re.MULTILINE)
_METHOD = re.compile(r"^[^#\n\"']*\.(?:iteritems|itervalues|iterkeys|has_key)\(", re.MULTILINE)
_IMPORT = re.compile(r"^(?:from[ \t]+(\w+)|import[ \t]+([\w., \t]{1,500}))", re.MULTILINE)
_NAMES = re.compile(r"(?:^|,)[ \t]*(\w+)")
_OWN = re.compile(
    r"NameError|version_info"
    r"|\b(?:raw_input|xrange|unichr|unicode)\s{0,9}(?:,\s{0,9}\w{1,60}\s{0,9}){0,9}=[^=]"
    r"|(?:def|as|class) (?:raw_input|xrange|unichr|unicode|iteritems|itervalues|iterkeys|has_key)\b"
)


def is_python_2(text: str) -> bool:
    """Whether *text* is Python and not Python 3: it does not parse as that, or calls what only Python 2 has."""
    if _SAYS_3.match(text):
        return False
    if _STATEMENT.search(text) and not _parses(text):
        return True
    return bool(_CALL.search(text) or _METHOD.search(text)) and not _OWN.search(text)


def foreign_modules(text: str, own: Collection[str]) -> list[str]:
    """The modules that *text* imports in any case and that are neither Python's own nor among its *own* files."""
    names = [name for found in _IMPORT.finditer(text) for name in _NAMES.findall(found[1] or found[2])]
    known = {*sys.stdlib_module_names, *own}
    return [name for name in dict.fromkeys(names) if name not in known]


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
