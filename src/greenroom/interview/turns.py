"""What a run in a round is: a job that has got its turn, and tells as it goes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from greenroom.judge.places import Place


@dataclass(frozen=True)
class Turn:
    """What a run has to work with: `publish` tells an event, and `say` what holds until the next."""

    publish: Callable[[str, dict[str, Any]], None]
    say: Callable[[str, dict[str, Any]], None]
    place: Place
    cancel: threading.Event


Job = Callable[[Turn], dict[str, Any]]
"""Runs in a thread when its turn has come. What it returns is told at the end."""
