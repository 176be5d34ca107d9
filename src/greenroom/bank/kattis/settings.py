"""The YAML files beside test data: `testdata.yaml` (legacy), `test_group.yaml` and `<case>.yaml` (2025-09)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Any, Literal, cast

from greenroom.bank.kattis.cases import Arguments, GroupSettings, LegacyGroupSettings
from greenroom.bank.kattis.keys import Keys, number_of, text_of

_LEGACY_KEYS = tuple(field.name for field in fields(LegacyGroupSettings))
_SCORING_KEYS = ("max_score", "score_aggregation", "require_pass")
_SCORES_OF_LEGACY = ("accept_score", "reject_score", "range")
_UNBOUNDED = {"inf": inf, "+inf": inf, "-inf": -inf}


@dataclass(frozen=True)
class CaseSettings:
    """What a case is called with: its group's settings, or its own `<case>.yaml`."""

    args: tuple[str, ...]
    input_validator_args: Arguments
    output_validator_args: tuple[str, ...]
    full_feedback: bool
    hint: str = ""
    description: str = ""


def legacy_settings(keys: Keys, around: LegacyGroupSettings, *, scoring: bool) -> LegacyGroupSettings:
    """The settings of a group with *keys* in its `testdata.yaml`.

    Keys are inherited one by one. The specification says whole files; the reference tool and the judges that archives
    run on do it key by key (Kattis/problem-package-format#528), so that is what archives mean.
    """
    own: dict[str, Any] = {
        "on_reject": keys.choice("on_reject", around.on_reject, ("break", "continue")),
        "grading": keys.choice("grading", around.grading, ("default", "custom")),
    }
    if "grader_flags" in keys:
        own["grader_flags"] = keys.words("grader_flags")
    for name in ("input_validator_flags", "output_validator_flags"):
        if name in keys:
            own[name] = _legacy_flags(keys, name)
    own |= _legacy_scores(keys, around)
    if not scoring:
        for name in _SCORES_OF_LEGACY:
            if name in keys:
                keys.leave_out(name, "is for scoring problems; this one is pass-fail")
    keys.name_the_rest(_LEGACY_KEYS)
    return replace(around, **own)


def is_of_legacy(keys: Keys) -> bool:
    """Whether a draft's `testdata.yaml` is the legacy format's, and not a `test_group.yaml` by its former name."""
    return any(name in keys for name in ("on_reject", "grading", "grader_flags", *_SCORES_OF_LEGACY))


def with_former_names(keys: Keys) -> Keys:
    """*keys* of a draft's `testdata.yaml`, `input_validator_flags` and `output_validator_flags` under today's names."""
    return keys.renamed({f"{one}_validator_flags": f"{one}_validator_args" for one in ("input", "output")})


def ancient_settings(keys: Keys) -> Mapping[str, Any]:
    """What the `grading` of a `problem.yaml` from before `legacy` sets for every group, whatever `testdata.yaml` says.

    That is how the reference tool reads it.
    """
    forced = _legacy_scores(keys, LegacyGroupSettings())
    if "on_reject" in keys:
        how = keys.choice("on_reject", "worst_error", ("first_error", "worst_error", "grade"))
        forced |= {"first_error": {"on_reject": "break"}, "grade": {"on_reject": "continue"}}.get(how, {})
    return forced


def group_settings(keys: Keys, around: GroupSettings, name: str, *, scoring: bool) -> GroupSettings:
    """The settings of the group *name* with *keys* in its `test_group.yaml`.

    Scores are its own. Arguments are inherited: the specification gives `secret/test_group.yaml` no other use where
    the cases are in groups.
    """
    secret = name == "secret"
    for key in _SCORING_KEYS:
        if key in keys and not name.startswith("secret"):
            keys.broken(key, "is not permitted here", "write it under data/secret")
        elif key in keys and not scoring:
            keys.leave_out(key, "is for scoring problems; this one is pass-fail")
    if "static_validation_score" in keys:
        keys.leave_out("static_validation_score", "static validation is not done")
    read = replace(
        around,
        max_score=_max_score(keys, 100 if secret else None),
        score_aggregation=cast(
            "Literal['pass-fail', 'sum', 'min']",
            keys.choice("score_aggregation", "sum" if secret else "pass-fail", ("pass-fail", "sum", "min")),
        ),
        require_pass=keys.texts("require_pass") if name.startswith("secret") else (),
        static_validation_score=_static_score(keys),
        static_validator_args=keys.arguments("static_validator_args"),
        full_feedback=keys.flag("full_feedback", around.full_feedback),
        input_validator_args=_named(keys, "input_validator_args", around.input_validator_args),
        **{
            key: keys.arguments(key) if key in keys else getattr(around, key)
            for key in ("args", "output_validator_args", "input_visualizer_args", "output_visualizer_args")
        },
    )
    keys.name_the_rest()
    return read


def case_settings(keys: Keys, group: GroupSettings) -> CaseSettings:
    """What `<case>.yaml` says, with what it inherits from its group."""
    for name in ("input_visualizer_args", "output_visualizer_args"):
        keys.raw(name)
    own = CaseSettings(
        args=keys.arguments("args") if "args" in keys else group.args,
        input_validator_args=_named(keys, "input_validator_args", group.input_validator_args),
        output_validator_args=(
            keys.arguments("output_validator_args") if "output_validator_args" in keys else group.output_validator_args
        ),
        full_feedback=keys.flag("full_feedback", group.full_feedback),
        hint=keys.text("hint"),
        description=keys.text("description"),
    )
    keys.name_the_rest()
    return own


def of_group(group: GroupSettings) -> CaseSettings:
    """What a case without a `<case>.yaml` is called with."""
    return CaseSettings(group.args, group.input_validator_args, group.output_validator_args, group.full_feedback)


def _legacy_scores(keys: Keys, around: LegacyGroupSettings) -> dict[str, Any]:
    own: dict[str, Any] = {}
    for name in ("accept_score", "reject_score"):
        if name in keys:
            own[name] = keys.number(name, getattr(around, name))
    if "range" in keys:
        own["range"] = _range(keys, around.range)
    return own


def _range(keys: Keys, default: tuple[float, float]) -> tuple[float, float]:
    ends = [_UNBOUNDED.get(word, number_of(word)) for word in keys.words("range")]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
        return ends[0], ends[1]
    keys.broken("range", "must be two numbers, the smaller one first", "write `0 100` or `-inf +inf`")
    return default


def _legacy_flags(keys: Keys, name: str) -> Arguments:
    """Flags as text, or `{name, flags}` for one validator; drafts had a map from names to flags.

    The specification takes a text under `output_validator_flags` for a validator's name; the reference tool takes it
    for flags, and so do the packages.
    """
    value = keys.raw(name)
    if not isinstance(value, dict):
        return Arguments(keys.arguments(name))
    flags = keys.map(name)
    if "name" in flags and set(flags.names()) <= {"name", "flags"}:
        return Arguments(named={flags.text("name"): flags.arguments("flags")})
    return Arguments(named={validator: flags.arguments(validator) for validator in flags.names()})


def _named(keys: Keys, name: str, around: Arguments) -> Arguments:
    if name not in keys:
        return around
    if isinstance(keys.raw(name), dict):
        inner = keys.map(name)
        return Arguments(named={validator: inner.arguments(validator) for validator in inner.names()})
    return Arguments(keys.arguments(name))


def _max_score(keys: Keys, default: int | None) -> int | None:
    if keys.raw("max_score") == "unbounded":
        return None
    return keys.integer("max_score", 0, least=0) if "max_score" in keys else default


def _static_score(keys: Keys) -> int | Literal["pass-fail"] | None:
    if text_of(keys.raw("static_validation_score")) == "pass-fail":
        return "pass-fail"
    return keys.integer("static_validation_score", 0, least=0) if "static_validation_score" in keys else None
