"""Each kind of node beside a closed form, or a count by hand."""

from __future__ import annotations

import pytest
from tests.simulator.closed_forms import erlang_c

from greenroom.simulator.design.reading import read
from greenroom.simulator.runs.outcomes import Outcome, Use, measured
from greenroom.simulator.runs.running import simulated


def ran(nodes: str, flow: str, more: str = "", rps: float = 500, seconds: float = 25) -> Outcome:
    """A design without ways between its nodes."""
    text = f"net_ms: 0\nround: {{slo: {{rps: {rps}}}}}\nnodes: {{{nodes}}}\nflows: {{ask: {flow!r}}}\n{more}"
    return measured(simulated(read(text), seconds, 7))


def use(outcome: Outcome, node: str, part: str = "") -> Use:
    return next(one for one in outcome.uses if (one.node, one.part) == (node, part))


def near(outcome: Outcome, mean_ms: float, rel: float = 0.03) -> None:
    assert outcome.mean_ms.value == pytest.approx(mean_ms, rel=rel)


EXP = "law: exponential, why: theory"


@pytest.mark.parametrize("kind", ["sync_api", "async_api"])
def test_an_api_with_one_worker_is_one_server(kind: str) -> None:
    """M/M/1 at 0.5: twice the service."""
    found = ran(
        f"api: {{kind: {kind}, threads: 100000, {EXP}}}" if kind == "sync_api" else f"api: {{kind: {kind}, {EXP}}}",
        "api 1ms",
    )
    near(found, 2.0)
    assert use(found, "api").utilisation == pytest.approx(0.5, rel=0.03)


def test_a_database_is_as_many_servers_as_it_has_cores() -> None:
    """M/M/4 at 0.8."""
    found = ran(f"db: {{kind: postgres, cores: 4, pool: 1000, query_ms: 4, {EXP}}}", "db", rps=800)
    near(found, 4 + 4 * erlang_c(3.2, 4) / (4 * 0.2), 0.06)


def test_a_small_pool_is_the_server() -> None:
    """M/M/1 at 0.5, whatever the number of cores."""
    found = ran(f"db: {{kind: postgres, cores: 64, pool: 1, query_ms: 4, {EXP}}}", "db", rps=125)
    near(found, 8.0, 0.08)
    assert use(found, "db", "pool").utilisation == pytest.approx(0.5, rel=0.05)
    assert found.bottleneck == use(found, "db", "pool")


def test_a_thread_is_held_while_an_event_loop_is_free() -> None:
    """One thread for 1 ms of work and 9 ms of waiting is M/D/1 at 0.5; an event loop waits for many at once."""
    other = "other: {kind: external, ms: 9, law: constant}"
    threads = f"api: {{kind: sync_api, threads: 1, law: constant}}, {other}"
    loop = f"api: {{kind: async_api, law: constant}}, {other}"
    near(ran(threads, "api 1ms > other", rps=50), 15.0, 0.05)
    near(ran(loop, "api 1ms > other", rps=50), 10.0 + 0.05 / (2 * 0.95), 0.01)


def test_who_comes_back_meets_the_same_worker() -> None:
    """Each of two workers gets every second request, twice: M/D/1 with Erlang arrivals stays under M/D/1."""
    found = ran("api: {kind: async_api, workers: 2, law: constant}", "api 0.5ms > api 0.5ms", rps=1000)
    assert use(found, "api").utilisation == pytest.approx(0.5, rel=0.03)
    assert 1.0 < found.mean_ms.value < 2.0


@pytest.mark.parametrize(
    ("node", "ms"),
    [
        ("kind: lb, ms: 0.2, law: constant", 0.2),
        ("kind: kv, ms: 2", 2.0),
        ("kind: feature_store, ms: 3", 3.0),
        ("kind: object_store, ms: 25", 25.0),
        ("kind: external, ms: 150", 150.0),
        ("kind: redis, ms: 0.1, law: constant", 0.1),
        ("kind: queue, acks: all", 3.0),
        ("kind: queue, acks: leader", 1.0),
        ("kind: worker, copies: 50, ms: 5", 5.0),
        ("kind: model_server, copies: 20, ms: 8", 8.0),
    ],
)
def test_without_a_queue_a_node_takes_its_time(node: str, ms: float) -> None:
    near(ran(f"one: {{{node}}}", "one", rps=20, seconds=60), ms, 0.1)


def test_a_client_is_so_far_away() -> None:
    nodes = "phone: {kind: client, net_ms: 40}, edge: {kind: lb, ms: 1, law: constant}"
    near(ran(nodes, "phone > edge", rps=20, seconds=60), 41.0, 0.001)


def test_writes_take_their_own_time_and_a_synchronous_commit_waits() -> None:
    database = "db: {kind: postgres, query_ms: 3, write_ms: 6, sync_ms: 2, replicas: 1, law: constant, commit: %s}"
    near(ran(database % "async", "db write", rps=5, seconds=60), 6.0)
    near(ran(database % "sync", "db write", rps=5, seconds=60), 8.0, 0.08)
    near(ran(database % "async", "db", rps=5, seconds=60), 3.0)


def test_a_hit_spares_what_is_behind() -> None:
    cache = "cache: {kind: redis, copies: 2, hit: 0.8}, db: {kind: postgres, cores: 4}"
    assert use(ran(cache, "cache ?miss db"), "db").served_rps == pytest.approx(100, rel=0.05)
    edge = "edge: {kind: cdn, hit: 0.9}, api: {kind: async_api}"
    assert use(ran(edge, "edge > api"), "api").served_rps == pytest.approx(50, rel=0.08)


def test_a_hot_entry_that_expires_is_asked_for_by_all_at_once_unless_one_alone_goes() -> None:
    cache = (
        "cache: {kind: redis, hit: 1, hot: 0.5, ttl_s: 1, single_flight: %s}, "
        "db: {kind: postgres, cores: 16, query_ms: 50}"
    )
    stampede = use(ran(cache % "false", "cache ?miss db", rps=1000), "db").served_rps
    assert 10 < stampede < 1000 * 0.5 * 0.05 * 2
    assert use(ran(cache % "true", "cache ?miss db", rps=1000), "db").served_rps == 0


def test_a_limiter_refuses_what_comes_faster() -> None:
    limiter = "limit: {kind: rate_limiter, rps: 100, burst: 10}, api: {kind: async_api}"
    found = ran(limiter, "limit > api", rps=200)
    assert found.errors.value == pytest.approx(50, abs=2)
    assert use(found, "api").served_rps == pytest.approx(100, rel=0.03)


def test_a_bounded_queue_sheds() -> None:
    """M/M/1/2 at 2: one waits at most; Erlang's recursion gives 4/7 refused."""
    found = ran(f"api: {{kind: async_api, shed: 1, {EXP}}}", "api 4ms", rps=500)
    assert found.errors.value == pytest.approx(100 * 4 / 7, abs=1.5)


def test_batches_fill_as_load_grows() -> None:
    model = 'model: {kind: model_server, batch: 16, wait_ms: 2, ms: "4 + 0.5*n"}'
    few, many = (use(ran(model, "model", rps=rps), "model") for rps in (100, 1200))
    assert few.batch_fill is not None
    assert many.batch_fill is not None
    assert few.batch_fill < 0.2 < 0.7 < many.batch_fill
    assert many.utilisation == pytest.approx(1200 * 12 / 16 / 1000, rel=0.03)


def test_partitions_bound_the_workers() -> None:
    nodes = "log: {kind: queue, partitions: 2}, writer: {kind: worker, copies: 8, ms: 10, law: constant}"
    found = ran(nodes, "log", "after: {ask: writer}", rps=150)
    assert use(found, "writer").served_rps == pytest.approx(150, rel=0.05)
    bounded = ran(nodes, "log", "after: {ask: log > writer}", rps=300)
    assert use(bounded, "writer").served_rps == pytest.approx(200, rel=0.05)
    assert any("More comes to writer" in note for note in bounded.notes)


def test_a_scaler_adds_copies_after_its_delay() -> None:
    scale = "scale: {to: 6, aim: 0.6, every_s: 2, delay_s: 5}"
    found = ran(
        f"api: {{kind: async_api, copies: 1, {scale}}}", "api 4ms", "calls: {client: {timeout_ms: 2000}}", seconds=40
    )
    assert sum(found.over_time["goodput_rps"][30:38]) / 8 == pytest.approx(500, rel=0.05)
    assert sum(found.over_time["goodput_rps"][4:7]) / 3 < 300
    assert use(found, "api").copies > 2


def test_branches_beside_each_other_take_as_long_as_the_longest() -> None:
    nodes = "a: {kind: external, ms: 20, law: constant}, b: {kind: external, ms: 5, law: constant}"
    near(ran(nodes, "(a | b > b) > b", rps=50), 25.0, 0.001)
    near(ran(nodes, "a > b x3", rps=50), 35.0, 0.001)
    near(ran(nodes, "?20% a > b", rps=200), 9.0, 0.05)


def test_a_branch_that_fails_fails_the_request() -> None:
    nodes = "a: {kind: external, ms: 20, law: constant}, b: {kind: external, ms: 5, rps: 50}"
    assert ran(nodes, "(a | b)", rps=100, seconds=30).errors.value == pytest.approx(50, abs=4)


def test_a_call_times_out_and_falls_back() -> None:
    nodes = "a: {kind: async_api, law: constant}, b: {kind: external, ms: 50, law: constant}"
    late = ran(nodes, "a 1ms > b", "calls: {b: {timeout_ms: 20}}", rps=50)
    assert late.errors.value == 100
    assert late.calls["b call"]["timeouts"] > 0
    skipped = ran(nodes, "a 1ms > b", "calls: {b: {timeout_ms: 20, fallback: skip}}", rps=50)
    assert skipped.errors.value == 0
    near(skipped, 21.0, 0.01)


def test_a_call_of_an_api_is_about_all_that_it_calls() -> None:
    nodes = "edge: {kind: lb}, a: {kind: async_api}, b: {kind: external, ms: 50, law: constant}"
    assert ran(nodes, "edge > a 1ms > b", "calls: {a: {timeout_ms: 20}}", rps=50).errors.value == 100
    assert ran(nodes, "edge > a 1ms > b", "calls: {a: {timeout_ms: 90}}", rps=50).errors.value == 0


def test_a_breaker_opens_when_what_is_behind_it_fails() -> None:
    nodes = "a: {kind: async_api}, guard: {kind: circuit_breaker, break_after: 5}, b: {kind: kv, copies: 1}"
    found = ran(nodes, "a 1ms > guard > b", "faults: [{at: 10, for: 5, kill: b}]", rps=100)
    assert found.calls["b call"]["breaker_opened"] >= 3
    assert found.faults[0].state == "recovered"
    assert found.faults[0].worst < 0.2


def test_a_cache_that_is_down_is_a_miss_if_it_may_be() -> None:
    nodes = "cache: {kind: redis, hit: 1}, db: {kind: postgres, cores: 8}"
    fault = "faults: [{at: 10, for: 5, kill: cache}]\n"
    assert ran(nodes, "cache ?miss db", fault).faults[0].worst == 0
    assert ran(nodes, "cache ?miss db", fault + "calls: {cache: {fallback: miss}}").faults[0].state == "unharmed"


@pytest.mark.parametrize(
    ("fault", "worst", "state"),
    [
        ("kill: api", (0, 0.01), "recovered"),
        ("kill: api/1", (0.9, 1), "unharmed"),
        ("slow: api, times: 2", (0.99, 1), "unharmed"),
        ("slow: api, times: 100", (0, 0.5), "recovered"),
        ("partition: api", (0, 0.01), "recovered"),
        ("storm: client, times: 9", (0, 0.7), "recovered"),
    ],
)
def test_faults_do_what_they_say(fault: str, worst: tuple[float, float], state: str) -> None:
    more = f"calls: {{client: {{timeout_ms: 300}}}}\nfaults: [{{at: 10, for: 4, {fault}}}]"
    found = ran("edge: {kind: lb}, api: {kind: async_api, copies: 2, shed: 100}", "edge > api 1ms", more, seconds=35)
    assert worst[0] <= found.faults[0].worst <= worst[1]
    assert found.faults[0].state == state


def test_a_replica_takes_the_place_of_a_lost_primary() -> None:
    fault = "faults: [{at: 10, for: 20, kill: db/1}]"
    alone = ran("db: {kind: postgres}", "db", fault, rps=50, seconds=35)
    followed = ran("db: {kind: postgres, replicas: 1, failover_s: 5}", "db", fault, rps=50, seconds=35)
    assert sum(alone.over_time["goodput_rps"][16:29]) == 0
    assert sum(followed.over_time["goodput_rps"][16:29]) == pytest.approx(50 * 13, rel=0.1)


@pytest.mark.parametrize(
    ("traffic", "second", "rps"),
    [
        ("shape: flash, peak: 4, at: 10, for: 5", 12, 2000),
        ("shape: flash, peak: 4, at: 10, for: 5", 17, 500),
        ("shape: diurnal, peak: 1.5, period_s: 20", 5, 750),
        ("shape: diurnal, peak: 1.5, period_s: 20", 15, 250),
        ("shape: trace, rps: [10, 900, 20]", 1, 900),
        ("shape: trace, rps: [10, 900, 20]", 20, 20),
    ],
)
def test_traffic_has_its_shape(traffic: str, second: int, rps: float) -> None:
    found = ran("api: {kind: async_api, copies: 8}", "api 1ms", f"traffic: {{{traffic}}}")
    assert found.over_time["offered_rps"][second] == pytest.approx(rps, rel=0.12 if rps > 100 else 0.6)
