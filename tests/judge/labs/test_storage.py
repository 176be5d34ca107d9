"""Files that the examiner keeps, and a power failure at every step."""

from __future__ import annotations

from tests.judge.labs.conftest import Examine

from greenroom.judge.results import Verdict

APP = """
    from greenroom_lab import storage
    files = storage()
    def safe(text):
        files.write("new", text.encode())
        files.rename("new", "state")
    def unsafe(text):
        files.write("state", text.encode())
    def state():
        return files.read("state").decode()
    def many(count):
        for n in range(count):
            files.write(f"f/{n}", b"")
    def raises(what, *arguments):
        try:
            getattr(files, what)(*arguments)
        except Exception as error:
            return type(error).__name__
    def listed():
        files.write("b/1", b""), files.write("b/2", b""), files.delete("b/1")
        return files.list("b/"), files.list()
    """

HEAD = """
    from greenroom.judge.probes.seats import FailedError, RaisedError
    from greenroom.judge.probes.storage import Crashes, Step, Storage

    def tried(lab, target):
        storage = Storage({"state": b"old value"})
        crashes, seen, failed = Crashes(storage), [], True
        while failed:
            storage.files = {"state": b"old value"}
            failed = crashes.call(lab.process(storage=storage), f"app:{target}", "new value")
            seat = lab.process(storage=storage)
            seen.append(lab.call("app:state", seat=seat))
            lab.end(seat)
        return crashes.count, seen
    """


def holds(examine: Examine, check: str) -> None:
    result = examine({"app.py": APP}, HEAD + check)
    assert result.verdict is Verdict.accepted, [case.message for case in result.cases] + [result.message]


def test_a_rename_has_no_middle_and_a_write_has_one(examine: Examine) -> None:
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        assert tried(lab, "safe") == (3, ["old value", "old value", "new value", "new value"])
        assert tried(lab, "unsafe") == (2, ["new ", "new value", "new value"])
    """,
    )


def test_it_keeps_files_and_steps(examine: Examine) -> None:
    holds(
        examine,
        """
    @check("all")
    def one(lab):
        storage = Storage()
        seat = lab.process(storage=storage)
        assert lab.call("app:listed", seat=seat) == (["b/2"], ["b/2"])
        assert storage.steps == [Step("write", "b/1"), Step("write", "b/2"), Step("delete", "b/1")]
        for what, arguments, kind in (
            ("read", ["x"], "FileNotFoundError"), ("delete", ["x"], "FileNotFoundError"),
            ("rename", ["x", "y"], "FileNotFoundError"), ("write", ["", b""], "ValueError"),
            ("write", ["n" * 300, b""], "ValueError"), ("write", ["big", bytes(17 << 20)], "OSError"),
            ("read", [5], "ValueError"),
        ):
            found = lab.call("app:raises", what, *arguments, seat=seat)
            assert found == kind, (what, found)
        assert storage.files == {"b/2": b""}
    """,
    )


def test_a_call_without_end_and_one_that_raises_are_told(examine: Examine) -> None:
    check = """
    import greenroom.judge.probes.storage as module
    module.MOST_STEPS = 3

    @check("all")
    def one(lab):
        storage = Storage()
        crashes = Crashes(storage)
        try:
            while crashes.call(lab.process(storage=storage), "app:state"):
                pass
        except RaisedError as error:
            assert error.what.type == "FileNotFoundError"
        while crashes.call(lab.process(storage=storage), "app:many", 9):
            pass
    """
    result = examine({"app.py": APP}, HEAD + check)
    assert result.cases[0].message == "more than 3 changes of the storage in one many()"
