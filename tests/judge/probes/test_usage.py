"""Memory and CPU time as the kernel tells them: known-good and known-bad exports, and tampering."""

from __future__ import annotations

import pytest
from tests.judge.labs.conftest import Examine

from greenroom.judge.probes.usage import increase
from greenroom.judge.results import Verdict

EXPORT = """
    import json
    from fastapi import FastAPI
    from fastapi.responses import Response, StreamingResponse
    app = FastAPI()
    def lines(n):
        return ("".join(json.dumps([at, "x" * 400]) for at in range(at, at + 100)) for at in range(0, n, 100))
    @app.get("/flat")
    def flat(n: int):
        return StreamingResponse(lines(n))
    @app.get("/whole")
    def whole(n: int):
        return Response("".join(list(lines(n))))
    @app.get("/forked")
    def forked(n: int):
        import os, time
        reading, writing = os.pipe()
        if os.fork() == 0:
            kept = [bytearray(1 << 20) for _ in range(n // 1000)]
            time.sleep(0.15)
            os.write(writing, str(len(kept)).encode())
            os._exit(0)
        os.close(writing)
        found = os.read(reading, 100)
        os.wait()
        return Response(found)
    """

CHECKS = """
    from greenroom.judge.probes.usage import cost

    @check("all")
    def one(lab):
        service = lab.service("app:app")
        service.get("{path}?n=200").expect(200)
        with cost(service.seat) as used:
            asked = service.begin("GET", "{path}?n=20000")
            asked.wait().expect(200)
        assert used.known
        lab.expect(used.peak_mb <= 6, f"{{used.peak_mb:.0f}} MB, budget 6")
        lab.measure("mb", used.peak_mb)
    """


def peak(examine: Examine, path: str, app: str = EXPORT) -> float:
    result = examine({"app.py": app}, CHECKS.format(path=path))
    message = result.cases[0].message
    return result.measures["mb"] if message is None else float(message.partition(" MB")[0])


def test_what_streams_stays_flat_and_what_collects_does_not(examine: Examine) -> None:
    assert peak(examine, "/flat") <= 6
    assert peak(examine, "/whole") >= 12


def test_memory_of_other_processes_counts_as_well(examine: Examine) -> None:
    assert peak(examine, "/forked") >= 15


@pytest.mark.parametrize(
    "tampering",
    [
        'open("/proc/self/clear_refs", "w").write("5")',
        "import ctypes; ctypes.CDLL(None).prctl(4, 0)",
        "import resource; resource.getrusage = None",
        "sink = [bytearray(1 << 20) for _ in range(64)]; del sink",  # a peak before, to hide the one to come behind
    ],
    ids=["clear-refs", "not-dumpable", "patched", "peak-before"],
)
def test_a_peak_cannot_be_hidden(examine: Examine, tampering: str) -> None:
    app = EXPORT.replace(
        "    app = FastAPI()", f"    app = FastAPI()\n    try:\n        {tampering}\n    except OSError:\n        pass"
    )
    assert peak(examine, "/whole", app) >= 12


WORK = """
    def linear(n):
        return sum(number * number for number in range(n * 200))
    def quadratic(n):
        return sum(1 for one in range(n) for other in range(n) if one ^ other == 5)
    def waiting(n):
        import time
        time.sleep(n / 4000)
    """

GROWTH = """
    from greenroom.judge.inside import values
    from greenroom.judge.probes.usage import cost, increase

    @check("all")
    def one(lab):
        seat = lab.process()
        def work(n):
            with cost(seat) as used:
                lab.call("app:{name}", n, seat=seat)
            return used.cpu_s
        work(10)
        lab.measure("growth", increase(work, 150, 600))
    """


def grown(examine: Examine, name: str) -> float:
    return examine({"app.py": WORK}, GROWTH.format(name=name)).measures["growth"]


def test_the_increase_tells_linear_from_quadratic_work_by_cpu_time(examine: Examine) -> None:
    assert grown(examine, "linear") < 8 < grown(examine, "quadratic")


def test_waiting_costs_no_cpu_time(examine: Examine) -> None:
    assert grown(examine, "waiting") < 8


def test_it_takes_the_least_of_the_rounds() -> None:
    took = iter([3.0, 1.0, 9.0, 5.0, 4.0, 40.0])
    assert increase(lambda size: next(took), 1, 4) == 4.0
    with pytest.raises(ValueError, match="nothing"):
        increase(lambda size: 0.0, 1, 4)


def test_a_process_that_is_gone_is_not_taken_for_one_that_used_nothing(examine: Examine) -> None:
    app = """
        import os, threading, time
        def work():
            threading.Timer(0.05, lambda: os._exit(0)).start()
        """
    checks = """
        from greenroom.judge.probes.usage import cost

        @check("all")
        def one(lab):
            seat = lab.process()
            with cost(seat):
                lab.call("app:work", seat=seat)
                lab.board.settle(0.2)
        """
    result = examine({"app.py": app}, checks)
    assert result.cases[0].verdict is Verdict.runtime_error
    assert "the process ended" in str(result.cases[0].message)
