"""What stations, caches and buckets a node is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from greenroom.simulator.design.model import Node
from greenroom.simulator.tables import NO_LIMIT, Bucket, Cache, Policy, Scaler, Station, Time

PLENTY = 100_000
"""Units of what a provider runs: nobody waits there."""


@dataclass(frozen=True)
class Group:
    """A station of a node. *per_copy* of its copies belong to each copy of the node, beginning with copy *first*.

    *part* says which part of the node it is (`pool`), for people; *struck*: faults of the node happen to it.
    """

    station: str
    per_copy: int = 1
    first: int = 1
    part: str = ""
    struck: bool = True
    counts: bool = True


@dataclass
class Layout:
    """A node's stations, in `groups` the main one first, and what else belongs to it."""

    stations: dict[str, Station] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    caches: dict[str, Cache] = field(default_factory=dict)
    buckets: dict[str, Bucket] = field(default_factory=dict)
    scalers: list[Scaler] = field(default_factory=list)

    def add(self, group: Group, station: Station) -> None:
        """Add *station* as a *group* of the node."""
        self.groups.append(group)
        self.stations[group.station] = station


def time_of(node: Node, ms: float) -> Time:
    """How long *ms* of work take at *node*."""
    law = node.word("law")
    if law == "exponential":
        return Time(ms)
    spread = node.number("spread")
    return Time(ms, "constant") if law == "constant" or spread == 0 else Time(ms, "lognormal", spread)


def layout(node: Node, policy: Policy, slots: int | None) -> Layout:
    """What *node* is made of. *policy*: how one of its copies is chosen; *slots*: so many messages at once at most."""
    made = Layout()
    ways: dict[str, Callable[[], None]] = {
        "sync_api": lambda: _api(made, node, policy),
        "async_api": lambda: _api(made, node, policy),
        "redis": lambda: _redis(made, node),
        "cdn": lambda: _cdn(made, node),
        "postgres": lambda: _postgres(made, node),
        "rate_limiter": lambda: _rate_limiter(made, node, policy),
        "worker": lambda: _worker(made, node, slots),
        "model_server": lambda: _model_server(made, node, policy),
        "lb": lambda: _plain(made, node, node.count("cores"), policy),
        "kv": lambda: _bought(made, node, node.count("units"), "random"),
        "feature_store": lambda: _plain(made, node, node.count("units"), "random"),
        "queue": lambda: _plain(made, node, node.count("units"), "random"),
        "object_store": lambda: _plain(made, node, PLENTY, policy),
        "external": lambda: _bought(made, node, PLENTY, policy),
    }
    if node.kind in ways:
        ways[node.kind]()
    return made


def _waiting(node: Node) -> int:
    shed = node.values.get("shed")
    return NO_LIMIT if shed is None else int(shed)


def _most(node: Node) -> int:
    return node.scale.to if node.scale else node.count("copies")


def _scaled(made: Layout, node: Node, per_copy: int, busy_share: float = 1.0) -> None:
    scale = node.scale
    if scale is None or scale.to <= node.count("copies"):
        return
    made.scalers.append(
        Scaler(
            node.name,
            node.count("copies") * per_copy,
            scale.to * per_copy,
            scale.aim * busy_share,
            1000 * scale.every_s,
            1000 * scale.delay_s,
        )
    )


def _plain(made: Layout, node: Node, units: int, policy: Policy) -> None:
    made.add(
        Group(node.name, counts=units < PLENTY),
        Station(copies=node.count("copies"), units=units, policy=policy, most_waiting=_waiting(node)),
    )


def _bought(made: Layout, node: Node, units: int, policy: Policy) -> None:
    _plain(made, node, units, policy)
    rps = node.number("rps")
    if rps:
        made.buckets[node.name] = Bucket(rps, max(1.0, rps))


def _rate_limiter(made: Layout, node: Node, policy: Policy) -> None:
    _plain(made, node, 4, policy)
    rps = node.number("rps")
    made.buckets[node.name] = Bucket(rps, node.number("burst") or max(1.0, rps / 10))


def _api(made: Layout, node: Node, policy: Policy) -> None:
    workers, most = node.count("workers"), _most(node)
    waiting = NO_LIMIT if node.kind == "sync_api" else _waiting(node)
    made.add(Group(node.name, workers), Station(most * workers, 1, waiting, policy))
    if node.kind == "sync_api":
        threads = Group(f"{node.name} threads", workers, part="threads")
        made.add(threads, Station(most * workers, node.count("threads"), _waiting(node), policy))
    _scaled(made, node, workers)


def _cdn(made: Layout, node: Node) -> None:
    _plain(made, node, PLENTY, "round_robin")
    made.caches[node.name] = Cache(node.number("hit"), node.number("entries"))


def _redis(made: Layout, node: Node) -> None:
    made.add(Group(node.name), Station(node.count("copies"), policy="random"))
    made.caches[node.name] = Cache(node.number("hit"), node.number("entries"), node.number("warm"))
    if is_hot(node):
        made.caches[f"{node.name} hot"] = Cache(1.0, 1.0, node.number("warm"))


def is_hot(node: Node) -> bool:
    """Whether *node* is a cache with an entry that many want, and that many ask for when it has expired."""
    return bool(node.number("hot") and node.number("ttl_s") and not node.values.get("single_flight"))


def _postgres(made: Layout, node: Node) -> None:
    cores, replicas = node.count("cores"), node.count("replicas", 0)
    made.add(Group(node.name), Station(units=cores))
    made.add(Group(f"{node.name} pool", part="pool", struck=False), Station(units=node.count("pool")))
    if replicas:
        made.add(Group(f"{node.name} replicas", first=2, part="replicas"), Station(replicas, cores))


def _worker(made: Layout, node: Node, slots: int | None) -> None:
    copies, units = _most(node), node.count("concurrency")
    if slots is not None and copies * units > slots:
        units = max(1, slots // copies)
        copies = min(copies, slots)
    made.add(Group(node.name), Station(copies, units, _waiting(node), "least"))
    _scaled(made, node, 1)


def _model_server(made: Layout, node: Node, policy: Policy) -> None:
    batch, curve = node.count("batch"), node.batch_ms
    station = Station(_most(node), batch, _waiting(node), policy, lambda n: curve(float(n)), node.number("wait_ms"))
    made.add(Group(node.name), station)
    _scaled(made, node, 1, 1 / batch)
