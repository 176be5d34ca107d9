"""`problem.yaml` of the legacy format, and of its ICPC subset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from greenroom.bank.kattis.credit import license_of, people, source, uuid_of
from greenroom.bank.kattis.keys import Keys
from greenroom.bank.kattis.limits import legacy_limits, passes
from greenroom.bank.kattis.package import Metadata, Statement
from greenroom.bank.kattis.settings import ancient_settings
from greenroom.bank.kattis.titles import titles_of, titles_of_statements

_TYPES = ("pass-fail", "scoring", "interactive", "multi-pass", "submit-answer")
_CUSTOM = ("score", "interactive", "multi-pass")


def legacy_metadata(keys: Keys, statements: Sequence[Statement]) -> tuple[Metadata, Mapping[str, Any]]:
    """What *keys* say, and the settings that they force upon every test data group (`settings.ancient_settings`)."""
    keys.raw("problem_format_version")
    types = _types(keys)
    validation = _validation(keys)
    both = types | validation
    authors = people(keys.raw("author"))
    limits = keys.map("limits")
    grading = keys.map("grading")
    metadata = Metadata(
        format="legacy",
        titles=titles_of_statements(keys.files, statements) | titles_of(keys, statements),
        uuid=uuid_of(keys),
        author=", ".join(authors),
        source=source(keys.raw("source"), keys.text("source_url")),
        license=license_of(keys),
        rights_owner=", ".join(people(keys.raw("rights_owner"))),
        keywords=keys.words("keywords"),
        scoring="scoring" in types,
        interactive="interactive" in both,
        multi_pass="multi-pass" in both,
        submit_answer="submit-answer" in types,
        passes=passes(limits, multi_pass="multi-pass" in both),
        limits=legacy_limits(limits, keys.files),
        custom_validation="custom" in validation or bool(both & {"interactive", "multi-pass"}),
        validator_flags=keys.arguments("validator_flags"),
        validator_scores="score" in validation,
        minimize=grading.choice("objective", "max", ("min", "max")) == "min",
        show_groups=grading.flag("show_test_data_groups", False),
    )
    metadata = _with_top_level_time_limit(keys, metadata)
    forced = ancient_settings(grading)
    for part in (limits, grading, keys):
        part.name_the_rest()
    return metadata, forced


def _types(keys: Keys) -> set[str]:
    """`pass-fail` or `scoring`; DOMjudge writes the types of later formats here, with spaces between."""
    types = set(keys.words("type"))
    for unknown in sorted(types - set(_TYPES)):
        keys.broken("type", f"{unknown[:40]!r} is no type of problem", "use pass-fail or scoring")
    if {"pass-fail", "scoring"} <= types:
        keys.broken("type", "a problem is either pass-fail or scoring", "keep one of them")
    return types


def _validation(keys: Keys) -> set[str]:
    how, *options = keys.words("validation") or ("default",)
    if how not in {"default", "custom"} or (how == "default" and options):
        keys.broken("validation", "begins with neither `default` nor `custom`", "write `custom interactive`, say")
        return set()
    for unknown in sorted(set(options) - set(_CUSTOM)):
        keys.leave_out("validation", f"{unknown[:40]!r} is no way of custom validation")
    return {how, *options}


def _with_top_level_time_limit(keys: Keys, metadata: Metadata) -> Metadata:
    """Some packages state `time_limit` beside `limits` and not in it."""
    if "time_limit" not in keys:
        return metadata
    seconds = keys.number("time_limit", 0.0, above=0)
    if not seconds or metadata.limits.time_limit is not None:
        return metadata
    limits = replace(metadata.limits, time_limit=seconds, stated=metadata.limits.stated | {"time_limit"})
    return replace(metadata, limits=limits)
