"""Arrays between an examiner and a project."""

from __future__ import annotations

from tests.judge.probes.ml.conftest import Examine

from greenroom.judge.results import Verdict


def test_a_hundred_thousand_rows_go_there_and_back(examine: Examine) -> None:
    app = """
        import numpy as np
        def doubled(rows, names):
            assert rows.dtype == np.float64 and rows.flags.writeable
            rows *= 2
            return {"rows": rows, "names": names, "count": np.int64(len(rows))}
        """
    body = """
        rows = np.random.default_rng(1).normal(size=(100_000, 20))
        back = lab.call("app:doubled", rows, ["a"])
        lab.expect((back["rows"] == 2 * rows).all(), "other rows")
        lab.expect(back["names"] == ["a"] and back["count"] == 100_000, repr(back["count"]))
        """
    assert examine(app, body).verdict is Verdict.accepted


def test_what_cannot_cross_is_said_with_its_type(examine: Examine) -> None:
    app = "import numpy as np\ndef odd():\n    return np.array([object()])\n"
    result = examine(app, 'lab.call("app:odd")')
    assert "an array of dtype object" in str(result.cases[0].message)


def test_forged_arrays_are_the_projects_own_fault(examine: Examine) -> None:
    app = """
        import gc
        def forge():
            agent = next(one for one in gc.get_objects() if type(one).__name__ == "Agent")
            agent.send({"answer": 1}, b"\\x01\\x00\\x00\\x00\\x0e" + b'[["O", [1000]]]' + b"\\x00" * 64)
            return 1
        """
    result = examine(app, 'lab.call("app:forge")')
    assert result.verdict is Verdict.wrong_answer
    assert "cannot be read" in str(result.cases[0].message)
