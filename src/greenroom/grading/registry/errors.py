"""What goes wrong with models."""

from __future__ import annotations

from greenroom.kernel.errors import CapacityError, ConflictError, EnvironmentFault, NotFoundError


class ModelUnknown(NotFoundError):
    """No model has this version."""

    def __init__(self, version: str) -> None:
        super().__init__(f"there is no model {version}", mend="`greenroom grader models` lists them")


class ArtefactRefused(EnvironmentFault):
    """The file of a model is missing, is not what was registered, or does not compute what it did."""

    code = "artefact-refused"

    def __init__(self, what: str) -> None:
        super().__init__(what, mend="register the model again, or roll back: `greenroom grader rollback`")


class AliasMoved(ConflictError):
    """Somebody else has promoted or rolled back meanwhile."""

    code = "alias-moved"

    def __init__(self, said: str) -> None:
        super().__init__(said, mend="look at `greenroom grader models` and decide again")


class NotProven(ConflictError):
    """A challenger has not shown what a champion must."""

    code = "not-proven"

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("not promoted: " + "; ".join(reasons), mend="see `greenroom grader promote VERSION --dry-run`")


class GraderBusy(CapacityError):
    """The bounded queue before the model is full."""

    code = "grader-busy"
    retry_after_s = 2

    def __init__(self) -> None:
        super().__init__("many answers are being read", mend="try again in a few seconds")
