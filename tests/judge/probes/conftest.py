"""Probes are tried on small projects, through the judge as labs use them."""

from __future__ import annotations

from tests.judge.labs.conftest import examine, judge

__all__ = ["examine", "judge"]
