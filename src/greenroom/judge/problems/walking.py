"""The way through a package's test data: which case comes next, and what the results of a group come to. Pure.

Both formats' rules of aggregation: `Result Aggregation` of 2025-09; `on_reject`, `grading` and the default grader of
the legacy format. A group is done when its generator returns; every case that is asked for is sent its result.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite

from greenroom.bank.kattis.cases import Case, Group, GroupSettings, LegacyGroupSettings
from greenroom.bank.kattis.package import Package
from greenroom.judge.results import Verdict

Cases = Generator[Case, "Outcome", "Outcome"]

_WORST_FIRST = (
    Verdict.runtime_error,
    Verdict.memory_limit,
    Verdict.time_limit,
    Verdict.output_limit,
    Verdict.wrong_answer,
)
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Outcome:
    """What a case or a group came to.

    `score` is None for a case whose validator gave none, and throughout a problem without scores. `multiplier` is the
    share of a case's maximum that its validator gave instead of a score.
    """

    verdict: Verdict
    score: float | None = None
    multiplier: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether it was accepted."""
        return self.verdict is Verdict.accepted


class ScoreError(Exception):
    """The validator, the grader or the settings gave a score that the format does not allow: the problem is wrong."""


Grade = Callable[[Group, Sequence[Outcome]], Outcome]
"""A grader of the package's own: what the results in a group come to."""


@dataclass
class Walk:
    """One way through the test data of *package*. *grade* is called where a group has a grader of the package's own.

    A *thorough* walk goes on where the outcome is decided, as far as the format lets a case be run at all: rules for
    submissions speak of every case. `outcomes` has each group that is done, by name; the root's name is empty.
    """

    package: Package
    grade: Grade
    thorough: bool = False
    outcomes: dict[str, Outcome] = field(default_factory=dict)

    def cases(self) -> Cases:
        """Every case to run, in order; the generator returns what the whole came to. Raises ScoreError."""
        if self.package.format == "legacy":
            return self._legacy(self.package.data)
        return self._current()

    # --- legacy

    def _legacy(self, group: Group) -> Cases:
        settings = group.settings
        assert isinstance(settings, LegacyGroupSettings)
        results: list[Outcome] = []
        for item in group.items:
            if isinstance(item, Group):
                if not any(item.all_cases()):
                    continue
                result = yield from self._legacy(item)
            else:
                result = self._with_score((yield item), settings)
            results.append(result)
            if not result.accepted and settings.on_reject == "break":
                break
        return self._note(group, self._graded(group, settings, results))

    def _with_score(self, result: Outcome, settings: LegacyGroupSettings) -> Outcome:
        if result.score is not None:
            return result
        return Outcome(result.verdict, settings.accept_score if result.accepted else settings.reject_score)

    def _graded(self, group: Group, settings: LegacyGroupSettings, results: Sequence[Outcome]) -> Outcome:
        if settings.grading == "custom" and results:
            return self.grade(group, results)
        return default_grade(settings.grader_flags, results, root=not group.name)

    # --- 2025-09

    def _current(self) -> Cases:
        package = self.package
        accepted = True
        if package.sample is not None:
            sample = yield from self._all_of(package.sample, None)
            accepted = self._note(package.sample, Outcome(sample.verdict)).accepted
            if not accepted and not package.scoring and not self.thorough:
                return self._note(package.data, sample)
        secret = yield from self._secret(package.secret)
        if not package.scoring and not accepted:
            secret = self.outcomes["sample"]
        return self._note(package.data, secret)

    def _secret(self, secret: Group) -> Cases:
        settings = secret.settings
        assert isinstance(settings, GroupSettings)
        if self._is_closed(secret):
            return self._note(secret, Outcome(self._failure_of_required(secret), self._zero))
        if not secret.groups:
            result = yield from self._all_of(secret, settings)
            return self._note(secret, result)
        results: list[Outcome] = []
        for group in secret.items:
            if isinstance(group, Case):
                results.append(self._scored((yield group), None))
            elif any(group.all_cases()):
                results.append((yield from self._group(group)))
            if results and not results[-1].accepted and self._is_decided(settings):
                break
        return self._note(secret, self._sum_up(secret, settings, results))

    def _group(self, group: Group) -> Cases:
        settings = group.settings
        assert isinstance(settings, GroupSettings)
        if self._is_closed(group):
            return self._note(group, Outcome(self._failure_of_required(group), self._zero))
        result = yield from self._all_of(group, settings)
        return self._note(group, result)

    def _all_of(self, group: Group, settings: GroupSettings | None) -> Cases:
        """The cases of *group*; *settings* are None where they get no score."""
        each = _maximum_of_a_case(group, settings) if self.package.scoring else None
        results: list[Outcome] = []
        for case in group.all_cases():
            result = yield case
            results.append(self._scored(result, settings, each))
            if not result.accepted and self._is_decided(settings):
                break
        return self._sum_up(group, settings, results)

    def _is_decided(self, settings: GroupSettings | None) -> bool:
        """Whether one case that is not accepted decides the group."""
        if self.thorough:
            return False
        return not self.package.scoring or settings is None or settings.score_aggregation != "sum"

    def _is_closed(self, group: Group) -> bool:
        settings = group.settings
        assert isinstance(settings, GroupSettings)
        return not all(self.outcomes[name].accepted for name in settings.require_pass if name in self.outcomes)

    def _failure_of_required(self, group: Group) -> Verdict:
        settings = group.settings
        assert isinstance(settings, GroupSettings)
        failed = (self.outcomes[name] for name in settings.require_pass if name in self.outcomes)
        return next(one.verdict for one in failed if not one.accepted)

    def _scored(self, result: Outcome, settings: GroupSettings | None, each: float | None = None) -> Outcome:
        if not self.package.scoring or settings is None or settings.score_aggregation == "pass-fail":
            if settings is not None and result.accepted and (result.score, result.multiplier) != (None, None):
                raise ScoreError("the output validator gave a score in a group that is passed or failed as a whole")
            return Outcome(result.verdict)
        if not result.accepted:
            return Outcome(result.verdict, 0.0)
        if each is None:
            if result.score is None or result.multiplier is not None:
                raise ScoreError("the output validator gave no score, and the group has no maximum")
            return result
        if result.multiplier is not None:
            return Outcome(result.verdict, result.multiplier * each)
        score = each if result.score is None else result.score
        if score > each + _ROUNDING:
            raise ScoreError(f"the output validator gave {score:g} points; a case has {each:g} at most")
        return Outcome(result.verdict, score)

    def _sum_up(self, group: Group, settings: GroupSettings | None, results: Sequence[Outcome]) -> Outcome:
        verdict = next((one.verdict for one in results if not one.accepted), Verdict.accepted)
        if not self.package.scoring or settings is None:
            return Outcome(verdict)
        scores = [one.score or 0.0 for one in results]
        if settings.score_aggregation == "pass-fail":
            score = float(settings.max_score or 0) if verdict is Verdict.accepted else 0.0
        elif settings.score_aggregation == "min":
            score = min(scores, default=0.0)
        else:
            score = sum(scores)
        if settings.max_score is not None and score > settings.max_score + _ROUNDING:
            raise ScoreError(f"{group.name} scored {score:g} points; its maximum is {settings.max_score}")
        return Outcome(verdict, score)

    @property
    def _zero(self) -> float | None:
        return 0.0 if self.package.scoring else None

    def _note(self, group: Group, outcome: Outcome) -> Outcome:
        self.outcomes[group.name] = outcome
        return outcome


def _maximum_of_a_case(group: Group, settings: GroupSettings | None) -> float | None:
    if settings is None or settings.max_score is None:
        return None
    count = sum(1 for _ in group.all_cases()) if settings.score_aggregation == "sum" else 1
    return settings.max_score / max(1, count)


def default_grade(flags: Sequence[str], results: Sequence[Outcome], *, root: bool) -> Outcome:
    """What the legacy format's default grader makes of *results*: accepted with 0 points where there are none.

    *flags* are its arguments, the last one of each sort counts. `ignore_sample` is for the *root* alone, though groups
    inherit it.
    """
    if not results:
        return Outcome(Verdict.accepted, 0.0)
    considered = results[1:2] if root and "ignore_sample" in flags and len(results) > 1 else results
    modes = [flag for flag in flags if flag in {"worst_error", "first_error", "always_accept"}]
    how = modes[-1] if modes else "worst_error"
    failures = [one.verdict for one in considered if not one.accepted]
    verdict = Verdict.accepted
    if failures and how == "first_error":
        verdict = failures[0]
    elif failures and how == "worst_error":
        verdict = min(failures, key=_rank)
    if "accept_if_any_accepted" in flags and any(one.accepted for one in considered):
        verdict = Verdict.accepted
    return Outcome(verdict, _combined([flag for flag in flags if flag in _COMBINATIONS], considered))


def _rank(verdict: Verdict) -> int:
    return _WORST_FIRST.index(verdict) if verdict in _WORST_FIRST else 0


_COMBINATIONS: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "avg": lambda scores: sum(scores) / len(scores),
    "min": min,
    "max": max,
}


def _combined(modes: Sequence[str], results: Sequence[Outcome]) -> float:
    return float(_COMBINATIONS[modes[-1] if modes else "sum"]([one.score or 0.0 for one in results]))


@dataclass(frozen=True)
class Range:
    """The scores that a group can come to, both ends included; an end that is not known is infinite."""

    low: float
    high: float

    def share(self, score: float, *, minimize: bool = False) -> float | None:
        """How much of the way to the best end *score* is, 0..1; None where that end is not known."""
        worst, best = (self.high, self.low) if minimize else (self.low, self.high)
        if not isfinite(best):
            return None
        if not isfinite(worst) or worst == best:
            return float(abs(score - best) <= _ROUNDING)
        return min(1.0, max(0.0, (score - worst) / (best - worst)))


def range_of(package: Package, group: Group) -> Range:
    """The scores that *group* of a scoring *package* can come to."""
    settings = group.settings
    if isinstance(settings, GroupSettings):
        if group.name == "":
            return range_of(package, package.secret)
        return Range(0.0, inf if settings.max_score is None else float(settings.max_score))
    low, high = settings.range
    if isfinite(low) and isfinite(high):
        return Range(low, high)
    derived = _derived(package, group, settings)
    return Range(low if isfinite(low) else derived.low, high if isfinite(high) else derived.high)


def _derived(package: Package, group: Group, settings: LegacyGroupSettings) -> Range:
    """The range that follows from the scores of single cases, where the default grader adds them up."""
    if settings.grading == "custom":
        return Range(-inf, inf)
    own = Range(*sorted((settings.reject_score, settings.accept_score)))
    if package.validator_scores:
        own = Range(-inf, inf)
    items = [item for item in group.items if isinstance(item, Case) or any(item.all_cases())]
    ranges = [range_of(package, item) if isinstance(item, Group) else own for item in items]
    if not group.name and "ignore_sample" in settings.grader_flags and len(ranges) > 1:
        ranges = ranges[1:2]
    if not ranges:
        return Range(0.0, 0.0)
    modes = [flag for flag in settings.grader_flags if flag in _COMBINATIONS]
    combine = _COMBINATIONS[modes[-1] if modes else "sum"]
    return Range(float(combine([one.low for one in ranges])), float(combine([one.high for one in ranges])))
