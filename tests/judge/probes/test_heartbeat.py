"""The event loop's signs of life: loops that stay free and loops that are blocked."""

from __future__ import annotations

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.results import Verdict

APP = """
    import asyncio, hashlib, httpx, time
    from fastapi import FastAPI
    from greenroom_lab import upstream, upstream_sync
    app = FastAPI()
    waiting = httpx.AsyncClient(transport=upstream(), base_url="http://rates")
    blocking = httpx.Client(transport=upstream_sync(), base_url="http://rates")

    @app.get("/awaited")
    async def awaited():
        return (await waiting.get("/rate")).json()
    @app.get("/in-a-thread")
    def in_a_thread():
        return blocking.get("/rate").json()
    @app.get("/blocking")
    async def blocks():
        return blocking.get("/rate").json()

    def busy(seconds):
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass
    @app.get("/busy")
    async def is_busy():
        busy(0.2)
    @app.get("/busy-elsewhere")
    async def is_busy_elsewhere():
        await asyncio.to_thread(time.sleep, 0.2)
    @app.get("/quick")
    async def is_quick():
        busy(0.001)
    """

HELD = """
    from greenroom.judge.probes.heartbeat import beats, most, settle

    @check("all")
    def one(lab):
        rates = Upstream(lambda call: (200, 1), held=True)
        service = lab.service("app:app", upstream=rates)
        asked = [service.begin("GET", "{path}") for _ in range(6)]
        lab.expect(service.within(lambda: rates.waiting), "nothing is asked")
        found = beats(service, 5, 0.4)
        seen = most(service, lambda: len(rates.waiting), 6) if settle(service, patience_s=0.4) else 1
        rates.held = False
        rates.release()
        assert [one.wait().json() for one in asked] == [1] * 6
        lab.measure("unanswered", found.unanswered)
        lab.measure("waiting", seen)
        lab.expect(not found.unanswered, found.told)
    """


@pytest.mark.parametrize("path", ["/awaited", "/in-a-thread"])
def test_a_free_loop_answers_every_ping(examine: Examine, path: str) -> None:
    result = examine({"app.py": APP}, HELD.format(path=path))
    assert result.verdict is Verdict.accepted, result.cases
    assert result.measures == {"unanswered": 0, "waiting": 6}


def test_a_blocked_loop_answers_none(examine: Examine) -> None:
    result = examine({"app.py": APP}, HELD.format(path="/blocking"))
    assert result.measures == {"unanswered": 5, "waiting": 1}
    assert str(result.cases[0].message).startswith("0 of 5 pings answered, the longest wait 4")


STALL = """
    from greenroom.judge.probes.heartbeat import beats_during

    @check("all")
    def one(lab):
        service = lab.service("app:app")
        service.get("/quick")
        found = beats_during(service, [service.begin("GET", "{path}")])
        lab.measure("answered", found.answered)
        lab.measure("ms", found.longest_s * 1000)
    """


def test_a_stall_that_ends_is_as_long_as_it_was(examine: Examine) -> None:
    stalled = examine({"app.py": APP}, STALL.format(path="/busy")).measures
    free = examine({"app.py": APP}, STALL.format(path="/busy-elsewhere")).measures
    assert stalled["answered"] <= 2 < free["answered"]
    assert stalled["ms"] >= 190


def test_one_that_never_ends_is_slow(examine: Examine) -> None:
    checks = """
        from greenroom.judge.probes.heartbeat import beats_during

        @check("all")
        def one(lab):
            rates = Upstream(lambda call: (200, 1), held=True)
            service = lab.service("app:app", upstream=rates)
            beats_during(service, [service.begin("GET", "/{path}")], 0.5)
        """
    for path in ("blocking", "awaited"):
        result = examine({"app.py": APP}, checks.format(path=path))
        assert result.cases[0].verdict is Verdict.time_limit, result.cases
