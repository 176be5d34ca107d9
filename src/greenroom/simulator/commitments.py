"""What is committed to before the first run: the estimates, and the bottleneck that is named."""

from __future__ import annotations

from dataclasses import dataclass, replace

from greenroom.simulator.design.model import Design


@dataclass(frozen=True)
class Commitment:
    """Estimates by name, and the node that is expected to be busiest. They hold whatever a later text says."""

    estimate: dict[str, float]
    bottleneck: str | None

    @classmethod
    def of(cls, design: Design) -> Commitment:
        """What *design* says of itself."""
        return cls(dict(design.estimate), design.bottleneck)

    def put_into(self, design: Design) -> Design:
        """*design* with what was committed to, in place of what it says now."""
        return replace(design, estimate=dict(self.estimate), bottleneck=self.bottleneck)
