"""A case of a multi-pass problem: its validator may have the submission run again, on an input that it has written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from greenroom.bank.kattis.cases import Case
from greenroom.judge.faults import JudgeFaultError
from greenroom.judge.problems.validating import FEEDBACK, Judgement, case_files
from greenroom.judge.reading import Report

NEXT = "nextpass.in"


@dataclass(frozen=True)
class Turn:
    """One run of a submission on *case*: what it reads, None for the case's own input, and its place, from 1.

    `written` is what the validator has left in its feedback folder in the turns before.
    """

    case: Case
    given: bytes | None = None
    number: int = 1
    written: Mapping[str, bytes] = field(default_factory=dict)

    def files(self) -> dict[str, bytes]:
        """What the validator finds around it."""
        files = case_files(self.case)
        if self.given is not None:
            files[self.case.input.name] = self.given
        return files | {f"{FEEDBACK}/{name}": content for name, content in self.written.items()}

    def after(self, judgement: Judgement | None, passes: int) -> Turn | None:
        """The turn that follows; None where this was the last one. At most *passes* are allowed.

        Raises JudgeFaultError for a validator that has another one follow where it must not.
        """
        if judgement is None or NEXT not in judgement.written:
            return None
        if not judgement.accepted:
            raise JudgeFaultError(f"the output validator wrote {NEXT} on {self.case.name} and did not accept")
        if self.number >= passes:
            raise JudgeFaultError(f"the output validator wants more than {passes} passes on {self.case.name}")
        written = {name: content for name, content in judgement.written.items() if name != NEXT}
        return Turn(self.case, judgement.written[NEXT], self.number + 1, written)


def together(reports: Sequence[Report]) -> Report:
    """The last of a case's *reports* with the most that any turn took: limits hold for each by itself."""
    return replace(
        reports[-1],
        cpu_s=max(one.cpu_s for one in reports),
        wall_s=max(one.wall_s for one in reports),
        peak_mb=max(one.peak_mb for one in reports),
    )
