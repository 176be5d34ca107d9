"""Virtual time: what is exact, how blocking counts, and what a project gains by telling lies about it: nothing."""

from __future__ import annotations

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.results import Verdict

APP = """
    import asyncio, time
    import httpx
    from fastapi import FastAPI
    from greenroom_lab import upstream
    app = FastAPI()
    model = httpx.AsyncClient(transport=upstream(), base_url="http://model", timeout=None)
    @app.get("/sleep/{ms}")
    async def sleep(ms: int):
        await asyncio.sleep(ms / 1000)
        return ms
    @app.get("/block/{ms}")
    async def block(ms: int):
        time.sleep(ms / 1000)
        return ms
    @app.get("/thread/{ms}")
    def thread(ms: int):
        time.sleep(ms / 1000)
        return ms
    @app.get("/pool/{ms}")
    async def pool(ms: int):
        await asyncio.to_thread(time.sleep, ms / 1000)
        return ms
    @app.get("/model/{n}")
    async def ask(n: int):
        return (await model.get(f"/{n}")).json()
    @app.get("/wait/{ms}")
    async def wait(ms: int):
        try:
            return (await asyncio.wait_for(model.get("/9"), ms / 1000)).json()
        except TimeoutError:
            return "late"
    """

HEAD = """
    from greenroom.judge.probes.load import Load, TimedUpstream, in_flight, latencies_s, peak, percentile, throughput
    from greenroom.judge.probes.virtual_time import VirtualTime
    from greenroom.judge.probes.seats import SlowError, EndedError, GarbledError, RaisedError

    def begun(lab, takes_s=0.050, places=1, start=True):
        clock = VirtualTime()
        answer = lambda call: (200, int(call.path[1:]))
        model = TimedUpstream(answer, clock=clock, takes_s=lambda call: takes_s, places=places)
        service = lab.service("app:app", upstream=model, virtual_time=clock, start=start)
        return clock, model, service

    def ms(exchanges):
        return [round(1000 * value, 6) for value in latencies_s(exchanges)]
    """


def holds(examine: Examine, check: str, app: str = APP, **more: str) -> None:
    """The check passes."""
    result = examine({"app.py": app}, HEAD + check, **more)
    assert result.verdict is Verdict.accepted, [case.message for case in result.cases] + [result.message]


def test_latencies_are_exact(examine: Examine) -> None:
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        clock, model, service = begun(lab)
        load = Load(service)
        for n in range(40):
            load.at(0.010 * n, "GET", f"/sleep/{10 + n}")
        found = load.wait()
        assert [one.wait().json() for one in found] == list(range(10, 50))
        assert ms(found) == list(range(10, 50)), ms(found)
        assert (percentile(ms(found), 0.5), percentile(ms(found), 0.99)) == (29, 49)
        # The n-th lives from 10n to 20 + 11n, half-open: five at once towards the end
        assert in_flight(found) == peak([(10 * n, 10 + 11 * n) for n in range(40)])
        assert round(throughput(found), 6) == round(40 / 0.439, 6)
        assert clock.now_s == 0.439
    """,
    )


def test_the_outside_world_takes_its_time_and_queues(examine: Examine) -> None:
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        for places, expected in ((1, [50, 100, 150, 200]), (2, [50, 50, 100, 100]), (4, [50] * 4)):
            clock, model, service = begun(lab, places=places)
            load = Load(service)
            for n in range(4):
                load.at(1, "GET", f"/model/{n}")
            assert ms(load.wait()) == expected, (places, ms(load.exchanges))
            assert [one.wait().json() for one in load.exchanges] == [0, 1, 2, 3]
            assert [round(one.ended_s - one.came_s, 9) for one in model.served] == [value / 1000 for value in expected]
            lab.end(service.seat)
    """,
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [("sleep/30", [30, 30, 30]), ("block/30", [30, 55, 80]), ("thread/30", [30, 30, 30]), ("pool/30", [30, 30, 30])],
)
def test_a_thread_may_block_and_the_event_loop_may_not(examine: Examine, path: str, expected: list[int]) -> None:
    holds(
        examine,
        f"""
    @check("all")
    def one(lab):
        clock, model, service = begun(lab)
        load = Load(service)
        for n in range(3):
            load.at(0.005 * n, "GET", "/{path}")
        assert ms(load.wait()) == {expected}, ms(load.exchanges)
    """,
    )


def test_timeouts_follow_it(examine: Examine) -> None:
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        clock, model, service = begun(lab, takes_s=0.050)
        load = Load(service)
        load.at(1, "GET", "/wait/49")
        load.at(2, "GET", "/wait/51")
        assert [one.wait().json() for one in load.wait()] == ["late", 9]
        assert ms(load.exchanges) == [49, 50]
    """,
    )


def test_more_work_than_threads_does_not_stop_the_clock(examine: Examine) -> None:
    app = """
        import asyncio, time
        from concurrent.futures import ThreadPoolExecutor
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/")
        async def six():
            loop, began = asyncio.get_running_loop(), time.monotonic()
            with ThreadPoolExecutor(2) as pool:
                await asyncio.gather(*(loop.run_in_executor(pool, time.sleep, 0.25) for _ in range(6)))
            return time.monotonic() - began
        """
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        clock, model, service = begun(lab)
        assert service.get("/").json() == 0.75
        assert clock.now_s == 0.75
    """,
        app,
    )


def test_a_call_that_blocks_the_loop_is_a_stall(examine: Examine) -> None:
    app = """
        import httpx
        from fastapi import FastAPI
        from greenroom_lab import upstream_sync
        app = FastAPI()
        model = httpx.Client(transport=upstream_sync(), base_url="http://model", timeout=None)
        @app.get("/model")
        async def ask():
            return model.get("/1").json()
        @app.get("/threaded")
        def threaded():
            return model.get("/1").json()
        @app.get("/health")
        async def health():
            return "ok"
        """
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        for path, expected in (("/model", [50, 40]), ("/threaded", [50, 0])):
            clock, model, service = begun(lab)
            load = Load(service)
            load.at(1, "GET", path)
            load.at(1.010, "GET", "/health")
            assert ms(load.wait()) == expected, ms(load.exchanges)
            lab.end(service.seat)
    """,
        app,
    )


def test_what_is_never_answered_is_known_at_once(examine: Examine) -> None:
    app = """
        import asyncio
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/")
        async def lost():
            await asyncio.get_running_loop().create_future()
        """
    result = examine({"app.py": app}, HEAD + "\n    @check('all')\n    def one(lab):\n        begun(lab)[2].get('/')\n")
    assert result.cases[0].message == "no answer, and nothing is left to wait for at 0 s"
    assert result.wall_s < 5


def test_clocks_of_every_kind_agree(examine: Examine) -> None:
    app = """
        import asyncio, time
        from time import monotonic
        def clocks():
            return [time.time(), time.time_ns(), monotonic(), time.monotonic_ns(), time.perf_counter()]
        async def passed(seconds):
            before, loop = clocks(), asyncio.get_running_loop().time()
            await asyncio.sleep(seconds)
            time.sleep(1)
            assert asyncio.get_running_loop().time() - loop >= seconds + 1
            return [now - then for now, then in zip(clocks(), before)]
        async def threaded():
            await asyncio.to_thread(time.sleep, 0.5)
        def blocks(seconds):
            time.sleep(seconds)
            return time.time()
        """
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        clock = VirtualTime()
        seat = lab.process(virtual_time=clock)
        found = lab.call("app:passed", 10.0, seat=seat)
        assert found == [11, 11 * 10**9, 11, 11 * 10**9, 11], found
        assert lab.call("app:blocks", 0.1, seat=seat) == 1767603600 + 11.1
        assert clock.now_s == 11.1
        for _ in range(3):
            lab.call("app:threaded", seat=seat)
        clock.run(90)
        assert lab.call("app:blocks", 0, seat=seat) == 1767603600 + 90
    """,
        app,
    )


def test_waiting_for_a_time_that_cannot_be_written_exactly_ends(examine: Examine) -> None:
    app = """
        import asyncio
        async def reach(times):
            loop = asyncio.get_running_loop()
            begin = loop.time()
            for one in times:
                while loop.time() < begin + one:
                    await asyncio.sleep(begin + one - loop.time())
            return loop.time() - begin
        """
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        import random
        times = sorted(random.Random(1).random() * 0.1 + n for n in range(19))
        clock = VirtualTime()
        found = lab.call("app:reach", times, seat=lab.process(virtual_time=clock))
        assert 0 <= found - times[-1] < 2e-9, found
        assert clock.instants <= 2 * len(times) + 4, clock.instants
    """,
        app,
    )


LIES = {
    "claims-to-sleep": "import os, json, struct\n"
    "def say(head):\n"
    "    text = json.dumps(head).encode()\n"
    "    for end in range(16, 32):\n"
    "        try: os.write(end, struct.pack('!II', len(text), 0) + text)\n"
    "        except OSError: pass\n"
    "def lie(): [say({'idle': n, 'until': 5000.0}) for n in range(50)]\n",
    "turns-the-clock-back": "import gc, sys\n"
    "def lie():\n"
    "    for one in gc.get_objects():\n"
    "        if type(one).__name__ == 'Clock': one._ns = 0; one._version += 1\n",
    "patches-time": "import time, asyncio\n"
    "def lie():\n"
    "    time.monotonic = time.time = lambda: 0.0\n"
    "    asyncio.get_running_loop().time = lambda: 10.0**6\n"
    "    time.sleep = lambda s: None\n",
    "real-loop-in-a-thread": "import asyncio, threading\n"
    "def lie():\n"
    "    def run():\n"
    "        loop = asyncio.SelectorEventLoop()\n"
    "        loop.run_until_complete(asyncio.sleep(0.01))\n"
    "    threading.Thread(target=run).start()\n",
}


@pytest.mark.parametrize("lie", list(LIES))
def test_lies_about_time_gain_nothing(examine: Examine, lie: str) -> None:
    app = (
        LIES[lie]
        + """
import asyncio, httpx
from fastapi import FastAPI
from greenroom_lab import upstream
app = FastAPI()
model = httpx.AsyncClient(transport=upstream(), base_url="http://model", timeout=None)
@app.get("/model/{n}")
async def ask(n: int):
    lie()
    return (await model.get(f"/{n}")).json()
"""
    )
    check = """
    @check("all")
    def one(lab):
        clock, model, service = begun(lab)
        load = Load(service)
        for n in range(4):
            load.at(1, "GET", f"/model/{n}")
        try:
            load.wait(patience_s=10)
        except (SlowError, GarbledError, EndedError, RaisedError):
            return "ended"
        assert all(one.ended_s >= value - 1e-9 for one, value in zip(load.exchanges, (1.05, 1.1, 1.15, 1.2)))
    """
    result = examine({"app.py": app}, HEAD + check, limits="{cpu_s: 2, wall_s: 4}")
    assert result.verdict is not Verdict.judge_error, result.message
    assert result.verdict in (Verdict.accepted, Verdict.time_limit), result.cases


@pytest.mark.parametrize("until", ["'x'", "float('nan')", "[]", "-1e300", "1e300", "10 ** 400", "0", "True"])
def test_a_time_that_is_none_breaks_nothing(examine: Examine, until: str) -> None:
    app = f"""
        import os, json, struct
        def say():
            for n in range(40):
                text = json.dumps({{"idle": n, "until": {until}}}).encode()
                for end in range(16, 32):
                    try:
                        os.write(end, struct.pack("!II", len(text), 0) + text)
                    except OSError:
                        pass
            while True:
                pass
        """
    check = """
    @check("all")
    def one(lab):
        lab.call("app:say", seat=lab.process(virtual_time=VirtualTime()))
    """
    result = examine({"app.py": app}, HEAD + check, limits="{cpu_s: 1, wall_s: 5}")
    assert result.cases[0].verdict in (Verdict.time_limit, Verdict.wrong_answer), result


def test_a_loop_that_never_rests_ends_at_its_limits(examine: Examine) -> None:
    for body, verdict in (
        ("while time.monotonic() < until: pass", Verdict.time_limit),
        ("while time.monotonic() < until: await asyncio.sleep(0)", Verdict.time_limit),
        ("while True: await asyncio.sleep(1e-12)", Verdict.wrong_answer),
    ):
        app = f"""
            import asyncio, time
            async def spin():
                until = time.monotonic() + 1
                {body}
            """
        check = """
    import greenroom.judge.probes.virtual_time as virtual_time
    virtual_time.MOST_INSTANTS = 500

    @check("all")
    def one(lab):
        lab.call("app:spin", seat=lab.process(virtual_time=VirtualTime()))
    """
        result = examine({"app.py": app}, HEAD + check, limits="{cpu_s: 1, wall_s: 5}")
        assert result.cases[0].verdict is verdict, result.cases
