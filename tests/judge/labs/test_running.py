"""A project examined: verdicts, numbers, and findings that help."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from textwrap import dedent

import pytest
from tests.judge.labs.conftest import Examine
from tests.judge.labs.shops import APP, JOINED

from greenroom.bank.models import Item
from greenroom.bank.projects import written
from greenroom.judge.labs.processes import Process
from greenroom.judge.results import CaseResult, Verdict
from greenroom.judge.service import Judge


def test_the_right_project_earns_all_of_it(judge: Judge, shop: Item) -> None:
    told: list[CaseResult] = []
    result = judge.run(shop, written({"app.py": JOINED}), on_case=told.append)
    assert result.verdict is Verdict.accepted
    assert (result.measures, [finding.earned for finding in result.findings]) == ({"queries": 1}, [1, 1])
    assert [case.message for case in told] == ["3 orders", "1 queries, budget 2"]
    assert result.cpu_s > 0


def test_it_does_without_processes_that_stand_ready(shop: Item) -> None:
    with closing(Judge()) as judge:
        assert judge.run(shop, {"app.py": JOINED.encode()}).verdict is Verdict.accepted


def test_a_flaw_is_measured_and_said(judge: Judge, shop: Item) -> None:
    result = judge.run(shop, {"app.py": APP.encode()})
    assert (result.verdict, result.measures) == (Verdict.partial, {"queries": 101})
    assert [finding.earned for finding in result.findings] == [1, 0]
    measured = [{"check": "queries", "after": "101"}]
    assert result.findings[1].evidence == {"queries": 101, "at_most": 2, "measured": measured}


def test_a_visible_run_has_the_visible_checks_alone(judge: Judge, shop: Item) -> None:
    result = judge.run(shop, {"app.py": APP.encode()}, visible_only=True)
    assert [case.name for case in result.cases] == ["three orders are listed"]
    assert result.findings == ()


@pytest.mark.parametrize(
    ("source", "verdict", "said"),
    [
        ("import nothing_here\n", Verdict.runtime_error, "No module named 'nothing_here'\n  app.py, line 1"),
        ("app = = 1\n", Verdict.runtime_error, "SyntaxError: invalid syntax"),
        ("apq = 1\n", Verdict.runtime_error, "has no attribute 'app'"),
        ("import os\nos._exit(3)\n", Verdict.wrong_answer, "the process ended (exit code 3)"),
        ("import os\nprint('so long')\nos._exit(3)\n", Verdict.wrong_answer, "so long"),
        (JOINED.replace("found = ", "found = None.x\n    "), Verdict.wrong_answer, "AttributeError: 'NoneType'"),
        ("while True: pass\n", Verdict.time_limit, None),
        ("x = bytearray(1 << 30)\n", Verdict.memory_limit, "MemoryError"),
    ],
    ids=["import", "syntax", "no-app", "exit", "print", "raises", "loops", "memory"],
)
def test_a_project_that_does_not_work_gets_a_finding_that_helps(
    judge: Judge, shop: Item, source: str, verdict: Verdict, said: str | None
) -> None:
    shop = shop.model_copy(
        update={"head": shop.head.model_copy(update={"limits": shop.head.limits.model_copy(update={"cpu_s": 1.0})})}
    )
    result = judge.run(shop, {"app.py": source.encode()})
    assert [case.verdict for case in result.cases] == [verdict] * 2
    assert all(finding.earned == 0 for finding in result.findings)
    if said is not None:
        assert said in str(result.cases[0].message)


def test_a_file_that_may_not_be_changed_counts_as_it_was(judge: Judge, shop: Item) -> None:
    result = judge.run(shop, {"app.py": JOINED.encode(), "db.py": b"CONNECTION = None\n"})
    assert result.verdict is Verdict.accepted


@pytest.mark.parametrize("text", ["", "[]", json.dumps({"app.py": 1}), json.dumps({"../app.py": ""}), "{" * 10**5])
def test_what_is_no_project_is_refused_at_once(judge: Judge, shop: Item, text: str) -> None:
    result = judge.run(shop, text)
    assert result.verdict is Verdict.compile_error
    assert result.message


def test_a_broken_examination_costs_nobody_a_point(examine: Examine) -> None:
    for checks in ("1 / 0\n", "@check('all')\ndef one(lab):\n    1 / 0\n", "import os\nos._exit(1)\n"):
        result = examine({"app.py": "app = None\n"}, checks)
        assert (result.verdict, result.findings) == (Verdict.judge_error, ())
        assert "judge/" in str(result.message)


def test_an_exception_after_the_response_began_is_told(examine: Examine) -> None:
    app = """
        async def app(scope, receive, send):
            if scope["type"] != "http":
                return
            await send({"type": "http.response.start", "status": 200, "headers": [(b"x-a", b"1"), (b"x-a", b"2")]})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
            raise LookupError("the rest is lost")
        """
    checks = """
        @check("all")
        def one(lab):
            answer = lab.service("app:app").get("/export")
            assert answer.all_headers("X-A") == ["1", "2"]
            lab.expect(answer.complete, f"{answer.text}, then {answer.raised.told}")
        """
    result = examine({"app.py": app}, checks)
    assert result.cases[0].message == (
        'half, then LookupError: the rest is lost\n  app.py, line 7: raise LookupError("the rest is lost")'
    )


def test_what_checks_share_fails_once(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            lab.once("served", lambda: lab.service("app:app"))

        @check("all")
        def other(lab):
            lab.once("served", lambda: 1 / 0)
        """
    result = examine({"app.py": "import nothing_here\n"}, checks)
    assert [case.verdict for case in result.cases] == [Verdict.runtime_error] * 2
    assert result.cases[0].message == result.cases[1].message


def test_what_lasts_is_made_anew_after_a_check_that_failed(examine: Examine) -> None:
    app = "COUNT = []\ndef count():\n    COUNT.append(1)\n    return len(COUNT)\n"
    checks = """
        def counted(lab):
            return lab.call("app:count", seat=lab.lasting("seat", lab.process))

        @check("all")
        def first(lab):
            return f"{counted(lab)}"

        @check("all")
        def second(lab):
            lab.expect(False, f"{counted(lab)}")

        @check("all")
        def third(lab):
            return f"{counted(lab)}"

        @check("all")
        def fourth(lab):
            told = f"{counted(lab)}"
            lab.lasting("seat", lab.process).crash()
            return told

        @check("all")
        def fifth(lab):
            return f"{counted(lab)}"
        """
    result = examine({"app.py": app}, checks)
    assert [case.message for case in result.cases] == ["1", "2", "1", "2", "1"]


def test_processes_that_load_beside_each_other_meet_the_outside_in_turn(examine: Examine) -> None:
    app = """
        import greenroom_lab
        made = greenroom_lab.connect(isolation_level=None)
        known = made.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not known:
            made.execute("CREATE TABLE t (id)")
        made.execute("INSERT INTO t VALUES (1)")
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": str(known).encode()})
        """
    checks = """
        @check("all")
        def one(lab):
            database = Database("")
            later = lab.ahead("app:app", database=database, start=False)
            workers = lab.services("app:app", 3, database=database)
            owners = [one.connection for one in database.statements]
            assert owners == sorted(owners) and len(set(owners)) == 3, owners
            assert [one.get("/").text for one in workers] == ["0", "1", "1"]
            assert later.started().started().get("/").text == "1"
            assert database.rows("SELECT count(*) FROM t") == [(4,)]
            return "in turn"
        """
    result = examine({"app.py": app}, checks)
    assert [case.message for case in result.cases] == ["in turn"]


def test_who_asks_without_end_before_the_start_has_only_oneself_to_blame(examine: Examine) -> None:
    app = """
        from greenroom_lab import connect
        for _ in range(100_000):
            connect.__self__.tell("close", connection=7)
    """
    checks = """
        @check("all")
        def it_starts(lab):
            database = Database("CREATE TABLE t (x);")
            one = lab.ahead("app:app", database=database)
            one.seat.until(lambda: one.seat.unheard)
            one.started()
        """
    result = examine({"app.py": dedent(app)}, checks)
    assert [case.message for case in result.cases] == ["your project asked for too many things before it had started"]


def test_one_that_does_not_start_says_so_whenever_it_is_asked(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            later = lab.ahead("app:app")
            told = []
            for _ in range(2):
                try:
                    later.started()
                except Exception as error:
                    told.append(str(error))
            return told[0] if told[0] == told[1] else f"{told}"
        """
    result = examine({"app.py": "raise KeyError('no key')\n"}, checks)
    assert "your app did not start" in str(result.cases[0].message)
    assert "no key" in str(result.cases[0].message)


def test_calls_are_sent_at_once_and_answered_in_order(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            seats = [lab.process(), lab.process()]
            assert lab.calls("app:twice", [(number,) for number in range(5)], seat=seats[0]) == [0, 2, 4, 6, 8]
            own = lab.calls("app:own", [() for _ in range(4)], seat=seats)
            assert own[0] == own[2] != own[1] == own[3], own
            return "in order"
        """
    app = (
        "import random\nOWN = random.random()\ndef own():\n    return OWN\ndef twice(number):\n    return 2 * number\n"
    )
    result = examine({"app.py": app}, checks)
    assert [case.message for case in result.cases] == ["in order"]


def test_no_statement_goes_on_for_ever_or_reaches_other_files(examine: Examine) -> None:
    app = """
        from greenroom_lab import connect
        MORE = "WITH RECURSIVE more(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM more) SELECT count(*) FROM more"
        def tried():
            for sql in (MORE, "ATTACH DATABASE '/tmp/other.db' AS other", "VACUUM INTO '/tmp/copy.db'"):
                try:
                    connect().execute(sql)
                except Exception as error:
                    yield f"{type(error).__name__}: {error}"
        def told():
            return list(tried())
        """
    checks = """
        @check("all")
        def one(lab):
            return "; ".join(lab.call("app:told", seat=lab.process(database=Database(""))))
        """
    said = examine({"app.py": app}, checks).cases[0].message
    assert said == "; ".join(
        [
            "OperationalError: interrupted",
            "DatabaseError: not authorized",
            "DatabaseError: authorization denied",
        ]
    )


def test_a_database_can_be_out_of_reach_for_a_while(examine: Examine) -> None:
    app = """
        from greenroom_lab import connect
        OPEN = connect(isolation_level=None)
        def read(anew):
            try:
                return (connect() if anew else OPEN).execute("SELECT v FROM t").fetchall()
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        """
    checks = """
        @check("all")
        def one(lab):
            database = Database("CREATE TABLE t (v INTEGER);")
            seat = lab.process(database=database)
            assert lab.call("app:read", False, seat=seat) == []
            database.execute("BEGIN EXCLUSIVE")
            said = [lab.call("app:read", anew, seat=seat) for anew in (False, True)]
            database.execute("ROLLBACK")
            assert lab.call("app:read", True, seat=seat) == lab.call("app:read", False, seat=seat) == []
            return "; ".join(said)
        """
    assert examine({"app.py": app}, checks).cases[0].message == "; ".join(["OperationalError: database is locked"] * 2)


def test_processes_share_a_database_and_nothing_else(examine: Examine) -> None:
    app = """
        from greenroom_lab import connect
        SEEN = []
        def put(value):
            SEEN.append(value)
            with connect() as connection:
                connection.execute("INSERT INTO t VALUES (?)", (value,))
            return len(SEEN)
        def rows():
            return connect().execute("SELECT v FROM t ORDER BY v").fetchall()
        """
    checks = """
        from greenroom.judge.inside import values

        @check("all")
        def one(lab):
            database = Database("CREATE TABLE t (v INTEGER);")
            first, second = lab.process(database=database), lab.process(database=database)
            for seat, value in ((first, 1), (second, 2)):
                assert lab.call("app:put", value, seat=seat) == 1
            assert lab.call("app:put", 3, seat=first) == 2
            assert lab.call("app:rows", seat=second) == [(1,), (2,), (3,)]
            assert database.rows("SELECT count(*) FROM t") == [(3,)]
        """
    assert examine({"app.py": app}, checks).verdict is Verdict.accepted


def test_a_crash_undoes_what_was_not_committed(examine: Examine) -> None:
    app = """
        from greenroom_lab import connect
        def move():
            connection = connect()
            connection.execute("UPDATE t SET v = v - 1 WHERE id = 1")
            connection.execute("UPDATE t SET v = v + 1 WHERE id = 2")
            connection.commit()
        """
    checks = """
        @check("all")
        def one(lab):
            for at in (1, 2, 3, 4):
                database = Database("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);"
                                    "INSERT INTO t VALUES (1, 5), (2, 5);")
                seen = []
                database.hold = lambda sql, connection: seen.append(sql) or len(seen) == at
                seat = lab.process(database=database)
                seat.request("call", b"[]", target="app:move")
                seat.until(lambda: len(database.held) == 1)
                seat.crash()
                database.disconnect(seat)
                assert database.rows("SELECT v FROM t") == [(5,), (5,)], at
        """
    assert examine({"app.py": app}, checks).verdict is Verdict.accepted


def test_calls_to_a_service_are_seen_counted_and_held(examine: Examine) -> None:
    app = """
        import asyncio, httpx
        from fastapi import FastAPI
        from greenroom_lab import upstream
        app = FastAPI()
        client = httpx.AsyncClient(transport=upstream(), base_url="http://prices")
        @app.get("/sum")
        async def total():
            async def price(n):
                return (await client.get(f"/price/{n}", params={"c": "eur"})).json()["price"]
            return sum(await asyncio.gather(*(price(n) for n in range(5))))
        @app.get("/alive")
        async def alive():
            return True
        """
    checks = """
        @check("all")
        def one(lab):
            prices = Upstream(lambda call: (200, {"price": int(call.path.rpartition("/")[2])}), held=True)
            service = lab.service("app:app", upstream=prices)
            asked = service.begin("GET", "/sum")
            service.until(lambda: len(prices.waiting) == 5)
            assert service.get("/alive").json() is True
            assert prices.calls[0].query == {"c": "eur"}
            prices.release()
            assert asked.wait().json() == 10
            assert prices.peak == 5
        """
    result = examine({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_a_slow_client_holds_a_stream_back(examine: Examine) -> None:
    app = """
        from fastapi import FastAPI
        from fastapi.responses import StreamingResponse
        from greenroom_lab import connect
        app = FastAPI()
        @app.get("/export")
        def export():
            return StreamingResponse(f"{v}\\n" for v, in connect().execute("SELECT v FROM t"))
        """
    checks = """
        @check("all")
        def one(lab):
            fill = [("INSERT INTO t VALUES (?)", [(n,) for n in range(1000)])]
            database = Database("CREATE TABLE t (v INTEGER);", fill)
            service = lab.service("app:app", database=database)
            asked = service.begin("GET", "/export", credit=10)
            asked.wait_for(lambda one: len(one.parts) == 10)
            lab.board.settle(0.05)
            assert (len(asked.parts), database.fetched) == (10, 100), (len(asked.parts), database.fetched)
            asked.give(1 << 20)
            assert asked.wait().text.split() == [str(n) for n in range(1000)]
        """
    result = examine({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_forged_frames_earn_nothing_and_break_nothing(examine: Examine) -> None:
    forged = """
        import os, threading, time
        def flood():
            for end in range(16, 32):
                try:
                    os.write(end, {data!r})
                except OSError:
                    pass
        {when}
        app = None
        """
    checks = """
        @check("all")
        def one(lab):
            lab.service("app:app").get("/")
        """
    for data in (
        b"\xff" * 64,
        b"\0\0\0\2\0\0\0\0{}",
        b'\0\0\0\x0c\0\0\0\0{"answer":1}',
        b'\0\0\0\x12\0\0\0\0{"answer":"x" ,"y":[]}',
    ):
        result = examine({"app.py": forged.format(data=data, when="flood()")}, checks)
        assert result.cases[0].verdict in (Verdict.wrong_answer, Verdict.runtime_error), result
        assert [finding.earned for finding in result.findings] == [0]


def test_more_processes_than_allowed_are_the_items_fault(examine: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            for _ in range(9):
                lab.process()
        """
    result = examine({"app.py": "app = None\n"}, checks)
    assert result.verdict is Verdict.judge_error
    assert "more than 8 processes" in str(result.message)


def test_a_process_that_is_not_needed_before_it_has_begun_is_no_lost_sandbox(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = Process.begin

    def begin(self: Process, files: Mapping[str, bytes]) -> tuple[int, int]:
        ends = begun(self, files)
        self.box.send({"op": "kill", "why": "over"})  # as if the machine were so busy that this came next
        self.end()
        return ends

    monkeypatch.setattr(Process, "begin", begin)
    checks = """
        @check("all")
        def nothing_is_asked(lab):
            for _ in range(5):
                lab.ahead("app:app")
            return "not needed"
        """
    result = examine({"app.py": APP}, checks)
    assert [case.message for case in result.cases] == ["not needed"]
