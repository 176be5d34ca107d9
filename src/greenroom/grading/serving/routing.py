"""Which model answers a submission: pure, and the same on every server."""

from __future__ import annotations

from greenroom.grading.monitoring.rules import share_of
from greenroom.grading.serving.loading import Loaded, Serving


def roles(serving: Serving, submission_id: str, canary: float) -> tuple[Loaded, Loaded | None, str]:
    """Who answers, who reads beside without answering, and the answering one's role.

    *canary* is the share of submissions (0..1) that the challenger answers; the champion then reads beside.
    """
    challenger = serving.challenger
    if challenger is not None and share_of(submission_id, "canary") < canary:
        return challenger, serving.champion, "canary"
    return serving.champion, challenger, "champion"
