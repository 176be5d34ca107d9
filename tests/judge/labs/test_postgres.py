"""A project on a real PostgreSQL: its driver works, its statements are seen, held, ordered, and undone by a crash."""

from __future__ import annotations

from tests.judge.labs.conftest import Examine

from greenroom.judge.results import Verdict

TABLE = '"CREATE TABLE t (id int PRIMARY KEY, v int NOT NULL)", [("INSERT INTO t VALUES ($1, $2)", [(1, 5), (2, 5)])]'


def test_the_driver_and_sqlalchemy_find_it(on_postgres: Examine) -> None:
    app = """
        import greenroom_lab
        from sqlalchemy import create_engine, text
        engine = create_engine("postgresql+pg8000://", creator=greenroom_lab.postgres)
        def plain():
            connection = greenroom_lab.postgres()
            cursor = connection.cursor()
            cursor.execute("SELECT id, v FROM t WHERE id > %s ORDER BY id", (0,))
            found = [list(row) for row in cursor.fetchall()]
            connection.commit()
            connection.close()
            return found
        def core(more):
            with engine.begin() as connection:
                connection.execute(text("UPDATE t SET v = v + :more WHERE id = 1"), {"more": more})
                return connection.execute(text("SELECT sum(v) FROM t")).scalar_one()
        def broken():
            try:
                with engine.begin() as connection:
                    connection.execute(text("INSERT INTO t VALUES (1, 1)"))
            except Exception as error:
                return [type(error).__name__, error.orig.args[0]["C"]]
        """
    checks = f"""
        @check("all")
        def one(lab):
            database = Postgres(lab, {TABLE})
            seat = lab.process(database=database)
            assert lab.call("app:plain", seat=seat) == [[1, 5], [2, 5]]
            with database.counted() as statements:
                assert lab.call("app:core", 2, seat=seat) == 12
            told = [(one.sql.split()[0], one.parameters) for one in statements if " t" in one.sql]
            assert told == [("UPDATE", ("2",)), ("SELECT", ())], told
            assert database.rows("SELECT v FROM t WHERE id = $1", 1) == [(7,)]
            assert lab.call("app:broken", seat=seat)[1] == "23505"
            assert "23505" in [one.error for one in database.statements]
            database.reset()
            assert lab.call("app:plain", seat=seat) == [[1, 5], [2, 5]]
            return f"{{len(database.statements)}} statements"
        """
    result = on_postgres({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_rows_are_filled_as_their_values_are(on_postgres: Examine) -> None:
    checks = """
        @check("all")
        def one(lab):
            rows = [(1, "it's", True, 2.5), (2, "back\\\\slash; $1 --", False, -1), (3, None, None, None)]
            made = "CREATE TABLE t (id int PRIMARY KEY, said text, fine bool, size numeric)"
            database = Postgres(lab, made, [("INSERT INTO t VALUES ($1, $2, $3, $4)", rows)])
            for _ in range(2):
                assert database.rows("SELECT * FROM t ORDER BY id") == rows, database.rows("SELECT * FROM t")
                database.execute("DELETE FROM t WHERE id = 2")
                database.reset()
            return "as they are"
        """
    result = on_postgres({"app.py": ""}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_a_statement_that_is_held_has_not_happened(on_postgres: Examine) -> None:
    app = """
        import greenroom_lab
        def put(number, value):
            connection = greenroom_lab.postgres()
            connection.cursor().execute("UPDATE t SET v = %s WHERE id = %s", (value, number))
            connection.commit()
            return "done"
        """
    checks = f"""
        from greenroom.judge.inside import values

        @check("all")
        def one(lab):
            database = Postgres(lab, {TABLE})
            database.hold = lambda sql, connection: True
            seat = lab.process(database=database)
            asked = seat.request("call", values.encode([1, 9]), target="app:put")
            seen = []
            while not seat.has_answered(asked):
                seat.until(lambda: database.held or seat.has_answered(asked))
                if database.held:
                    seen.append(database.held[0].sql.split()[0])
                    assert len(database.statements) == len(seen) - 1
                    assert database.rows("SELECT v FROM t WHERE id = 1") == [(5,)]
                    database.release()
            assert seen == ["begin", "UPDATE", "commit"], seen
            assert database.rows("SELECT v FROM t WHERE id = 1") == [(9,)]
        """
    result = on_postgres({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_a_crash_undoes_what_was_not_committed(on_postgres: Examine) -> None:
    app = """
        import greenroom_lab
        def move():
            connection = greenroom_lab.postgres()
            cursor = connection.cursor()
            cursor.execute("UPDATE t SET v = v - 1 WHERE id = 1")
            cursor.execute("UPDATE t SET v = v + 1 WHERE id = 2")
            connection.commit()
        """
    checks = f"""
        from greenroom.judge.inside import values

        @check("all")
        def one(lab):
            database = Postgres(lab, {TABLE})
            for at in (1, 2, 3, 4):
                seen = []
                database.hold = lambda sql, connection: seen.append(sql) or len(seen) == at
                seat = lab.process(database=database)
                seat.request("call", values.encode([]), target="app:move")
                seat.until(lambda: len(database.held) == 1)
                seat.crash()
                assert database.held == []
                assert database.rows("SELECT v FROM t FOR UPDATE NOWAIT") == [(5,), (5,)], at
        """
    result = on_postgres({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_who_waits_for_a_lock_is_asked_of_the_server(on_postgres: Examine) -> None:
    app = """
        import greenroom_lab
        def put(number, quiet):
            connection = greenroom_lab.postgres()
            cursor = connection.cursor()
            if quiet:
                cursor.execute("SET client_min_messages = error")
            cursor.execute("UPDATE t SET v = v + 1 WHERE id = %s", (number,))
            connection.commit()
            connection.close()
        """
    checks = f"""
        from greenroom.judge.inside import values

        @check("all")
        def one(lab):
            database = Postgres(lab, {TABLE})
            for quiet in (False, True):
                database.hold = lambda sql, connection: sql == "commit"
                first, second = lab.process(database=database), lab.process(database=database)
                first.request("call", values.encode([1, quiet]), target="app:put")
                first.until(lambda: database.held)
                number = first.board and database.held[0].connection
                other = second.request("call", values.encode([1, quiet]), target="app:put")
                if quiet:
                    lab.board.settle(0.3)
                else:
                    second.until(lambda: database.may_wait(number + 1))
                assert database.stalled([number, number + 1]) == {{number + 1}}
                assert not second.has_answered(other)
                assert database.left_open(second) == [number + 1]
                database.hold = None
                database.release()
                second.wait(other, during="put")
                assert database.stalled([number, number + 1]) == set()
                assert database.left_open(second) == []
                lab.end(first)
                lab.end(second)
            assert database.rows("SELECT v FROM t WHERE id = 1") == [(9,)]
        """
    result = on_postgres({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_rows_are_locked_while_statements_wait_with_what_they_have_seen(on_postgres: Examine) -> None:
    app = """
        import greenroom_lab
        def leave(number):
            connection = greenroom_lab.postgres()
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute("UPDATE t SET v = 0 WHERE id = %s AND (SELECT sum(v) FROM t) > 5", (number,))
            return cursor.rowcount
        """
    checks = f"""
        from greenroom.judge.inside import values

        @check("all")
        def one(lab):
            database = Postgres(lab, {TABLE})
            seats = [lab.process(database=database) for _ in range(2)]
            with database.locked("t"):
                asked = [seat.request("call", values.encode([place + 1]), target="app:leave")
                         for place, seat in enumerate(seats)]
                lab.board.pump(lambda: database.may_wait(1) and database.may_wait(2))
            left = [seat.wait(number, during="leave") for seat, number in zip(seats, asked)]
            assert left == [1, 1] and database.rows("SELECT sum(v) FROM t") == [(0,)], left
        """
    result = on_postgres({"app.py": app}, checks)
    assert result.verdict is Verdict.accepted, result.cases


def test_an_item_that_does_not_ask_for_it_has_none(examine: Examine) -> None:
    checks = '@check("all")\ndef one(lab):\n    Postgres(lab, "SELECT 1")\n'
    result = examine({"app.py": "app = None\n"}, checks)
    assert result.verdict is Verdict.judge_error
    assert "postgres: true" in str(result.message)
