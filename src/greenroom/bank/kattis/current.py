"""`problem.yaml` of the 2025-09 format."""

from __future__ import annotations

from collections.abc import Sequence

from greenroom.bank.kattis import constants, languages
from greenroom.bank.kattis.credit import license_of, people, source, uuid_of
from greenroom.bank.kattis.keys import Keys, text_of
from greenroom.bank.kattis.limits import current_limits, passes
from greenroom.bank.kattis.package import Metadata, Statement
from greenroom.bank.kattis.titles import titles_of

_TYPES = ("pass-fail", "scoring", "multi-pass", "interactive", "submit-answer")
_INCOMPATIBLE = (("pass-fail", "scoring"), ("multi-pass", "submit-answer"), ("interactive", "submit-answer"))
_CREDITS = ("authors", "contributors", "testers", "translators", "packagers", "acknowledgements")
_LONGEST_CONSTANT = 200


def current_metadata(keys: Keys, statements: Sequence[Statement]) -> Metadata:
    """What *keys* say. A missing name is named: the package then has its short name."""
    keys.raw("problem_format_version")
    types = _types(keys)
    limits = keys.map("limits")
    if "name" not in keys:
        keys.leave_out(None, "there is no name; the short name is taken", "add `name:`")
    metadata = Metadata(
        format="2025-09",
        titles=titles_of(keys, statements),
        uuid=uuid_of(keys),
        version=keys.text("version"),
        author=", ".join(_authors(keys)),
        source=source(keys.raw("source")),
        license=license_of(keys),
        rights_owner=", ".join(people(keys.raw("rights_owner"))),
        embargo_until=str(keys.raw("embargo_until") or ""),
        keywords=keys.texts("keywords"),
        scoring="scoring" in types,
        interactive="interactive" in types,
        multi_pass="multi-pass" in types,
        submit_answer="submit-answer" in types,
        passes=passes(limits, multi_pass="multi-pass" in types),
        limits=current_limits(limits),
        custom_validation=bool(types & {"interactive", "multi-pass"}),
        languages=_languages(keys),
        allow_file_writing=keys.flag("allow_file_writing", False),
        constants=_constants(keys),
    )
    for part in (limits, keys):
        part.name_the_rest()
    return metadata


def _types(keys: Keys) -> set[str]:
    words = keys.words("type")
    for unknown in sorted(set(words) - set(_TYPES)):
        keys.broken("type", f"{unknown[:40]!r} is no type of problem", f"use some of: {', '.join(_TYPES)}")
    if len(set(words)) < len(words):
        keys.leave_out("type", "names a type twice")
    for one, other in _INCOMPATIBLE:
        if {one, other} <= set(words):
            keys.broken("type", f"{one} and {other} exclude each other", "keep one of them")
    return set(words)


def _authors(keys: Keys) -> tuple[str, ...]:
    if not isinstance(keys.raw("credits"), dict):
        return people(keys.raw("credits"))
    credits_ = keys.map("credits")
    for name in _CREDITS:
        credits_.raw(name)
    credits_.name_the_rest(_CREDITS)
    return people(credits_.raw("authors"))


def _languages(keys: Keys) -> tuple[str, ...] | None:
    codes = keys.words("languages")
    if not codes or codes == ("all",):
        return None
    for code in codes:
        if languages.by_code(code) is None:
            keys.leave_out("languages", f"{code[:40]!r} is not in the languages table")
    return tuple(dict.fromkeys(known for code in codes if (known := languages.by_code(code))))


def _constants(keys: Keys) -> dict[str, str]:
    """Their values as text; numbers as Python writes them. Bounded: each may be put into a file many times."""
    values: dict[str, str] = {}
    inner = keys.map("constants")
    for name in inner.names():
        text = text_of(inner.raw(name))
        if not constants.NAME.fullmatch(name) or text is None or len(text) > _LONGEST_CONSTANT:
            inner.broken(name, f"must be a number or at most {_LONGEST_CONSTANT} characters", "mend its name or value")
        else:
            values[name] = text
    return values
