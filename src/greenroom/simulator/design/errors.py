"""What is wrong in a design."""

from __future__ import annotations

from greenroom.bank.source import Problem
from greenroom.kernel.errors import InputError


class DesignError(InputError):
    """A design cannot be used; `problems` lists what was found, each with its line and its mend."""

    code = "broken-design"

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        first = problems[0]
        where = f"{first.file}:{first.line}" if first.line else first.file
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{where}: {first.message}{more}", mend=first.mend)
