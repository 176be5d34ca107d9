"""Calls in flight at once: a project that bounds them, and one that does not."""

from __future__ import annotations

from tests.judge.labs.conftest import Examine

APP = """
    import asyncio, contextlib, httpx
    from fastapi import FastAPI
    from greenroom_lab import upstream
    app = FastAPI()
    client = httpx.AsyncClient(transport=upstream(), base_url="http://prices")
    gate = {gate}
    @app.get("/sum")
    async def total():
        async def price(n):
            async with gate:
                return (await client.get(f"/price/{{n}}")).json()
        return sum(await asyncio.gather(*(price(n) for n in range(12))))
    """

CHECKS = """
    from greenroom.judge.probes.heartbeat import most

    @check("all")
    def one(lab):
        prices = Upstream(lambda call: (200, 1), held=True)
        service = lab.service("app:app", upstream=prices)
        asked = service.begin("GET", "/sum")
        lab.measure("at-once", most(service, lambda: len(prices.waiting), 12))
        while not asked.done:
            service.until(lambda: prices.waiting or asked.done)
            prices.release()
        assert asked.wait().json() == 12
        lab.measure("peak", prices.peak)
        lab.measure("calls", len(prices.calls))
    """


def test_calls_in_flight_are_counted(examine: Examine) -> None:
    bounded = examine({"app.py": APP.format(gate="asyncio.Semaphore(4)")}, CHECKS)
    assert bounded.measures == {"at-once": 4, "peak": 4, "calls": 12}, bounded.cases
    free = examine({"app.py": APP.format(gate="contextlib.nullcontext()")}, CHECKS)
    assert free.measures == {"at-once": 12, "peak": 12, "calls": 12}, free.cases
