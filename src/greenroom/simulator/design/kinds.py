"""The kinds of nodes: what each can be told, what it is when it is told nothing, and what is usual."""

from __future__ import annotations

from dataclasses import dataclass

from greenroom.simulator.design.fields import Curve, Field, Flag, Number, Scaling, Word

MOST_COPIES = 500


@dataclass(frozen=True)
class Kind:
    """A kind of node. *ms_field* is the field that a time in a flow takes the place of; *managed*: run by a provider
    who sees to its copies; *keeps*: it keeps data; *calls_on*: it calls the nodes after it, and waits for them."""

    name: str
    says: str
    fields: dict[str, Field]
    ms_field: str = ""
    managed: bool = False
    keeps: bool = False
    calls_on: bool = False


def _copies(default: int = 1) -> Number:
    return Number("machines or processes of it", default, 1, MOST_COPIES, whole=True)


def _ms(default: float, low: float, high: float, says: str = "work for one request, in ms") -> Number:
    return Number(says, default, 0, 600_000, usual=(low, high))


_USD = Number("USD a month for one copy; by the price table when not said", None, 0, 1e7)
_SHED = Number("so many may wait at a copy, more are refused", None, 0, 1e6, whole=True)
_SCALE = Scaling("an autoscaler: {to, aim, every_s, delay_s}")


def _law(spread: float, law: str = "lognormal") -> dict[str, Field]:
    return {
        "law": Word("how times spread", ("lognormal", "exponential", "constant"), law),
        "spread": Number("standard deviation of times over their mean", spread, 0, 5),
    }


def _unit(default: int, says: str) -> Number:
    return Number(says, default, 1, 100_000, whole=True)


_HIT = Number("part of lookups that are answered when warm", 0.9, 0, 1)
_ENTRIES = Number("so many fills make a cold cache warm", 1000, 1, 1e9)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "client",
            "who asks, and the way from there",
            {"net_ms": _ms(40, 0, 400, "round trip to the edge")},
            managed=True,
        ),
        Kind(
            "cdn",
            "answers a part of the requests at the edge; only misses go on",
            {"hit": _HIT, "entries": _ENTRIES, "ms": _ms(5, 1, 100), "usd": _USD, **_law(0.5)},
            "ms",
            managed=True,
        ),
        Kind(
            "lb",
            "load balancer: spreads requests over the copies of the next node",
            {
                "copies": _copies(2),
                "cores": _unit(4, "requests that a copy handles at once"),
                "ms": _ms(0.05, 0.01, 2),
                "policy": Word("how a copy is chosen", ("round_robin", "random", "least"), "round_robin"),
                "usd": _USD,
                **_law(0.3),
            },
            "ms",
        ),
        Kind(
            "rate_limiter",
            "token bucket: refuses what comes faster",
            {
                "rps": Number("requests a second that pass", None, 0.001, 1e9, needed=True),
                "burst": Number("requests that may come at once", None, 1, 1e9),
                "copies": _copies(2),
                "ms": _ms(0.1, 0.01, 5),
                "usd": _USD,
                **_law(0.3),
            },
            "ms",
        ),
        Kind(
            "sync_api",
            "a thread for each request, held while it waits; one core for each worker",
            {
                "copies": _copies(),
                "workers": _unit(1, "processes on a copy"),
                "threads": _unit(40, "threads of a worker"),
                "ms": _ms(2, 0.05, 2000, "CPU for one request, in ms"),
                "shed": _SHED,
                "scale": _SCALE,
                "usd": _USD,
                **_law(0.5),
            },
            "ms",
            calls_on=True,
        ),
        Kind(
            "async_api",
            "an event loop for each worker: CPU one after the other, waiting costs nothing",
            {
                "copies": _copies(),
                "workers": _unit(1, "processes on a copy"),
                "ms": _ms(2, 0.05, 2000, "CPU for one request, in ms"),
                "shed": _SHED,
                "scale": _SCALE,
                "usd": _USD,
                **_law(0.5),
            },
            "ms",
            calls_on=True,
        ),
        Kind(
            "redis",
            "cache in memory, one thread for each copy",
            {
                "copies": _copies(),
                "ms": _ms(0.15, 0.02, 5),
                "hit": _HIT,
                "entries": _ENTRIES,
                "warm": Number("how warm it is at first", 1, 0, 1),
                "ttl_s": Number("after so long the hot entry expires", None, 0.1, 1e6),
                "hot": Number("part of lookups that want one hot entry", 0, 0, 1),
                "single_flight": Flag("of those who miss the hot entry one alone goes on"),
                "persist": Word("what is on disk", ("none", "second", "always"), "none"),
                "usd": _USD,
                **_law(0.3),
            },
            "ms",
            keeps=True,
        ),
        Kind(
            "postgres",
            "SQL database: a pool of connections before its cores",
            {
                "cores": _unit(2, "queries that are worked on at once"),
                "pool": _unit(20, "connections of all callers together"),
                "pool_timeout_ms": _ms(30_000, 10, 60_000, "how long one waits for a connection"),
                "query_ms": _ms(3, 0.1, 5000, "work of a read"),
                "write_ms": Number("work of a write; as query_ms when not said", None, 0, 600_000, usual=(0.1, 5000)),
                "replicas": Number("copies beside the primary", 0, 0, 50, whole=True),
                "reads": Word("where reads go", ("primary", "replicas"), "primary"),
                "lag_ms": _ms(100, 1, 60_000, "how far replicas are behind"),
                "commit": Word("whether a write waits for a replica", ("async", "sync"), "async"),
                "sync_ms": _ms(1, 0.2, 100, "how long a synchronous commit waits"),
                "failover_s": Number("until a replica takes the primary's place", 30, 1, 3600, usual=(5, 600)),
                "backup_s": Number("time between two backups", 86_400, 1, 1e7),
                "usd": _USD,
                **_law(0.8),
            },
            "query_ms",
            keeps=True,
        ),
        Kind(
            "kv",
            "key-value store that is partitioned over its copies",
            {
                "copies": _copies(3),
                "units": _unit(16, "operations that a copy works on at once"),
                "ms": _ms(2, 0.2, 100),
                "write_ms": Number("work of a write; as ms when not said", None, 0, 600_000, usual=(0.2, 200)),
                "rps": Number("operations a second that were bought; more are refused", None, 1, 1e9),
                "replicas": Number("other copies that hold each entry", 2, 0, 10, whole=True),
                "usd": _USD,
                **_law(0.7),
            },
            "ms",
            keeps=True,
        ),
        Kind(
            "feature_store",
            "features of an entity by its key, online",
            {
                "copies": _copies(2),
                "units": _unit(16, "lookups that a copy works on at once"),
                "ms": _ms(3, 0.5, 100),
                "usd": _USD,
                **_law(0.7),
            },
            "ms",
        ),
        Kind(
            "queue",
            "a log of messages in partitions; publishing waits for its acknowledgement",
            {
                "copies": _copies(3),
                "units": _unit(8, "messages that a copy takes at once"),
                "partitions": _unit(12, "consumers that can work beside each other"),
                "acks": Word("who has it when it is acknowledged", ("all", "leader", "none"), "all"),
                "ms": Number("until it is acknowledged; by acks when not said", None, 0, 600_000, usual=(0.1, 100)),
                "usd": _USD,
                **_law(0.5),
            },
            "ms",
            keeps=True,
        ),
        Kind(
            "worker",
            "takes messages and works on them",
            {
                "copies": _copies(),
                "concurrency": _unit(1, "messages at once for each copy"),
                "ms": _ms(5, 0.05, 600_000),
                "shed": _SHED,
                "scale": _SCALE,
                "usd": _USD,
                **_law(0.5),
            },
            "ms",
        ),
        Kind(
            "object_store",
            "files by name, run by a provider",
            {
                "ms": _ms(25, 5, 500),
                "write_ms": Number("time of a write", 40, 0, 600_000, usual=(5, 1000)),
                "usd": _USD,
                **_law(0.8),
            },
            "ms",
            managed=True,
        ),
        Kind(
            "model_server",
            "a model that takes requests in batches",
            {
                "copies": _copies(),
                "batch": Number("requests that are served together at most", 1, 1, 1024, whole=True),
                "wait_ms": _ms(0, 0, 100, "how long a batch waits to become full"),
                "ms": Curve("time of a batch of n", "10", (0.2, 5000)),
                "shed": _SHED,
                "scale": _SCALE,
                "usd": _USD,
            },
            "ms",
        ),
        Kind(
            "circuit_breaker",
            "makes no call to the next node for a while, after failures in a row",
            {
                "break_after": Number("failures in a row", 10, 1, 1e6, whole=True),
                "open_ms": Number("how long no call is made", 1000, 1, 600_000),
                "timeout_ms": Number("when a call has failed", 1000, 1, 600_000),
            },
            managed=True,
        ),
        Kind(
            "external",
            "a service of somebody else",
            {
                "ms": _ms(150, 1, 10_000),
                "rps": Number("requests a second that it takes; more are refused", None, 0.001, 1e9),
                "usd": _USD,
                **_law(0.8),
            },
            "ms",
            managed=True,
        ),
    )
}

ALIASES = {"cache": "redis", "sql": "postgres", "database": "postgres", "api": "async_api", "load_balancer": "lb"}
"""Other words for a kind."""
