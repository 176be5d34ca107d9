"""What tells who wrote a text is taken out before the text becomes a row: pure.

Two walls: what looks like an address, a number or a name is replaced (`scrub`), and in what a candidate wrote every
term that fewer than five candidates used, and that no public text has, is masked (`mask`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from greenroom.grading.words import FUNCTION_WORDS, NEGATIONS, normalise

FEWEST_CANDIDATES = 5
"""So many different candidates must have used a term before a model may know it."""

_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_LINK = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,15}://|\bwww\.)[^\s<>\"')\]]+", re.IGNORECASE)
_ADDRESS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
# Groups of digits after a +, a 0 or an area in brackets; ITU-T E.164 has at most 15. Between groups there is something,
# so that there are few ways to read a long run of digits.
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}|\(?0\d{1,5}\)?|\(\d{2,5}\))[ /().-]{0,2}\d{1,14}(?:[ /().-]{1,2}\d{1,12}){0,5}(?!\w)"
)
_NORTH_AMERICAN = re.compile(r"(?<![\w.-])\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])")
_LONG_NUMBER = re.compile(r"\d{7,}")
_SEPARATED = re.compile(r"(?:\d[ .-]?){10,}\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_MASKABLE = re.compile(r"[^\W_](?:[\w'’-]*\w)?")
_PLACEHOLDERS = ("e-mail", "link", "address", "phone", "number", "name", "term")
_PLACEHOLDER = re.compile(rf"\[(?:{'|'.join(_PLACEHOLDERS)})\]")
# Names that are words too stand for the name only as they are written in names.
_ALSO_WORDS = frozenset(
    """april art august bill bond cache case chase cole cook dawn day dean drew faith field frank gene grace guy
    hand head hope iris ivy jack jean jimmy joy june key king lance lane lily long major mark max may mike
    miles min nick north page pat penny pierce price ray read reed rich rob root rose ruby sandy skip sky
    star stone sue summer sunny tad tim van wade wall ward web west will you young""".split()  # noqa: SIM905
)


class Scrubbed(NamedTuple):
    """A text without what was replaced, and how often each sort was."""

    text: str
    replaced: Counter[str]


def scrub(text: str, names: Iterable[str] = ()) -> Scrubbed:
    """*text* with addresses, links, telephone and long numbers, and *names*, each replaced by its sort in brackets."""
    replaced: Counter[str] = Counter()
    text = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf")
    for sort, pattern in (
        ("e-mail", _EMAIL), ("link", _LINK), ("address", _ADDRESS), ("phone", _PHONE), ("phone", _NORTH_AMERICAN),
        ("number", _SEPARATED), ("number", _LONG_NUMBER),
    ):  # fmt: skip
        text = _replace(text, pattern, sort, replaced)
    for pattern in _name_patterns(names):
        text = _replace(text, pattern, "name", replaced)
    return Scrubbed(text, replaced)


def _replace(text: str, pattern: re.Pattern[str], sort: str, replaced: Counter[str]) -> str:
    def one(found: re.Match[str]) -> str:
        if sort in ("phone", "number") and not _personal([char for char in found[0] if char.isdigit()], sort):
            return found[0]
        replaced[sort] += 1
        return f"[{sort}]"

    return pattern.sub(one, text)


def _personal(digits: list[str], sort: str) -> bool:
    """Round numbers and binary ones are nobody's, and neither is what is too short to be dialled."""
    if sort == "phone":
        return len(digits) >= 7
    return not set(digits) <= {"0", "1"} and set(digits[1:]) != {"0"}


def _name_patterns(names: Iterable[str]) -> list[re.Pattern[str]]:
    """Whole names first, then their parts of three letters or more."""
    found: dict[str, re.Pattern[str]] = {}
    for name in sorted({unicodedata.normalize("NFKC", one).strip() for one in names if one.strip()}, key=len)[::-1]:
        parts = _LETTERS.findall(name)
        if len(parts) > 1:
            found[name] = _pattern(r"[\W_]{1,3}".join(map(re.escape, parts)), exact=all(map(_is_word, parts)))
        for part in parts:
            if len(part) >= 3:
                found[part] = _pattern(re.escape(part), exact=_is_word(part))
    return list(found.values())


def _is_word(part: str) -> bool:
    return part.casefold() in _ALSO_WORDS or part.casefold() in FUNCTION_WORDS


def _pattern(body: str, *, exact: bool) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])", re.NOFLAG if exact else re.IGNORECASE)


def terms(text: str) -> frozenset[str]:
    """The terms of *text*, in lower case. What stands for something that was taken out is none."""
    plain = _PLACEHOLDER.sub(" ", text)
    return frozenset(normalise(one) for one in _MASKABLE.findall(plain))


def shared_terms(texts: Iterable[tuple[str | None, str]], *, fewest: int = FEWEST_CANDIDATES) -> frozenset[str]:
    """The terms that a model may know, of texts with who wrote each.

    A term counts when *fewest* different candidates used it, or when it stands in a text that is nobody's (None).
    """
    public: set[str] = set(FUNCTION_WORDS | NEGATIONS)
    users: dict[str, set[str]] = defaultdict(set)
    for candidate, text in texts:
        if candidate is None:
            public |= terms(text)
            continue
        for term in terms(text):
            users[term].add(candidate)
    return frozenset(public | {term for term, by in users.items() if len(by) >= fewest})


def mask(text: str, known: frozenset[str]) -> str:
    """*text* with `[term]` for each term that is not among *known*."""
    parts, last = [], 0
    for held in _PLACEHOLDER.finditer(text):
        parts += [_masked(text[last : held.start()], known), held[0]]
        last = held.end()
    return "".join([*parts, _masked(text[last:], known)])


def _masked(text: str, known: frozenset[str]) -> str:
    return _MASKABLE.sub(lambda one: one[0] if normalise(one[0]) in known else "[term]", text)
