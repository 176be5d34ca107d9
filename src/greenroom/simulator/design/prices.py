"""What things cost a month: one table with a date, shown to the candidate. Round numbers for a region in the EU or US.

They are of the size that large providers ask on demand, and nobody's price list. Change them here, with the date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.simulator.design.model import Node

DATED = "2026-11-30"
SECONDS_A_MONTH = 2_628_000
_LEAST, _MOST = 0.5, 4.0
"""A declared price is usual from so many times to so many times the table's."""


@dataclass(frozen=True)
class Price:
    """USD a month for a copy: *base*, and *per_core* for each core or worker; *per_million* requests."""

    base: float = 0.0
    per_core: float = 0.0
    per_million: float = 0.0


PRICES: dict[str, Price] = {
    "client": Price(),
    "cdn": Price(20, 0, 0.8),
    "lb": Price(25),
    "rate_limiter": Price(40),
    "sync_api": Price(0, 70),
    "async_api": Price(0, 70),
    "redis": Price(150),
    "postgres": Price(10, 90),
    "kv": Price(220),
    "feature_store": Price(200),
    "queue": Price(150),
    "worker": Price(0, 70),
    "object_store": Price(25, 0, 0.4),
    "model_server": Price(380),
    "circuit_breaker": Price(),
    "external": Price(),
}


def _cores(node: Node) -> int:
    names = {"sync_api": "workers", "async_api": "workers", "postgres": "cores", "worker": "copies"}
    if node.kind == "worker":
        return 1
    return node.count(names[node.kind]) if node.kind in names else 0


def listed(node: Node) -> float:
    """USD a month for one copy of *node* by the table."""
    price = PRICES[node.kind]
    return price.base + price.per_core * _cores(node)


def usual(node: Node) -> tuple[float, float] | None:
    """From what to what a declared price is taken as it is; None where the table has none to compare with."""
    price = listed(node)
    return (_LEAST * price, _MOST * price) if price else None


def copy_usd(node: Node) -> float:
    """USD a month for one copy: what is declared, or by the table."""
    declared = node.values.get("usd")
    return listed(node) if declared is None else float(declared)


def table() -> list[dict[str, Any]]:
    """The table as plain JSON."""
    return [
        {"kind": kind, "usd_month": price.base, "usd_per_core": price.per_core, "usd_per_million": price.per_million}
        for kind, price in PRICES.items()
        if price != Price()
    ]
