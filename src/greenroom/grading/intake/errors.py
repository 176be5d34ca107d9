"""What goes wrong with what the grader learns from."""

from __future__ import annotations

from greenroom.kernel.errors import ConflictError, EnvironmentFault, InputError


class ContractBroken(InputError):
    """A batch as a whole is not what can be learned from: no snapshot was made."""

    code = "contract-broken"
    exit_code = 1


class SnapshotDamaged(EnvironmentFault):
    """What is stored of a snapshot is not what its manifest says."""

    code = "snapshot-damaged"


class ConsentOutdated(ConflictError):
    """Somebody agreed to another text than the one that is valid now."""

    code = "consent-outdated"

    def __init__(self) -> None:
        super().__init__("the text of the consent has changed", mend="read it again, then decide")
