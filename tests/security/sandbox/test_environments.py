"""What candidates' code with large libraries reaches for: Greenroom's own files, and the next candidate's run."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.judge.small_items import function, small_item

import greenroom
from greenroom.bank.base import EnvironmentName
from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import environments
from greenroom.judge.results import RunResult, Verdict
from greenroom.judge.service import Judge

LIMITS = Limits(cpu_s=10, wall_s=120, memory_mb=128, processes=8, output_kb=64, disk_mb=4)
NAMES: list[EnvironmentName] = ["ml", "web"]


def item_for(folder: Path, environment: EnvironmentName, *args: str) -> Item:
    code = function(returns="str", what="str").model_copy(update={"environment": environment})
    cases = [{"name": one, "group": "basic", "visible": True, "args": [one], "expect": "contained"} for one in args]
    return small_item(folder, code=code, cases=cases, limits=LIMITS)


def assert_contained(result: RunResult) -> None:
    told = [(case.verdict, case.message, case.actual) for case in result.cases] or result.message
    assert result.verdict is Verdict.accepted, told


REACH = """
import importlib, importlib.metadata, os, sys

def got(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else os.open(path, os.O_RDONLY)
    except OSError:
        return None

def solve(what):
    if what == "by path":
        found = [path for path in PATHS if got(path)]
    elif what == "by import":
        sys.path[:0] = PATHS
        importlib.invalidate_caches()
        sys.path_importer_cache.clear()
        found = []
        for name in ("greenroom", "greenroom.packs", "greenroom.judge.inside.examiner", "inside", "inside.examiner"):
            try:
                found.append(importlib.import_module(name).__path__[0])
            except (ImportError, AttributeError, OSError):
                pass
        found = [path for path in found if got(path)]
    else:
        found = []
        for name in ("greenroom", "structlog"):
            try:
                found += importlib.metadata.files(name)[:3] or []
            except (importlib.metadata.PackageNotFoundError, OSError, TypeError):
                pass
    return repr(found) if found else "contained"
"""


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_greenroom_can_be_read(walled: Judge, tmp_path: Path, name: EnvironmentName) -> None:
    own = Path(greenroom.__file__).parent
    inner = [own, own.parent, own / "packs" / "core" / "pack.yaml", own / "packs" / "core" / "items", own / "judge"]
    inner += list(own.glob("packs/core/items/*/*/judge/*"))[:5]
    sites = sorted({Path(path).parent for path in environments.find(name).paths})
    beside = [one / "greenroom" for one in sites] + list(sites[0].glob("*greenroom*"))
    source = REACH.replace("PATHS", repr([str(path) for path in [*inner, *beside]]))
    assert_contained(walled.run(item_for(tmp_path / "item", name, "by path", "by import", "by metadata"), source))


LEAVE = {
    "ml": """
        import numpy as np, pandas as pd, sklearn, sklearn.linear_model, gc, os
        np.random.seed(7)
        np.random.randint = lambda *a, **k: 4
        np.seterr(all="raise"); np.set_printoptions(precision=1)
        sklearn.left = pd.left = np.left = "left"
        sklearn.linear_model.LinearRegression.fit = lambda self, *a: self
        sklearn.set_config(assume_finite=True)
        pd.set_option("display.max_rows", 3)
        np.ones(3).ctypes.data
        os.environ["LEFT"] = "left"
        return "contained"
    """,
    "web": """
        import fastapi, starlette.responses, django, jwt, os, asyncio, sqlalchemy
        from django.conf import settings
        settings.configure(SECRET_KEY="left")
        django.setup()
        fastapi.left = django.left = jwt.left = sqlalchemy.left = "left"
        jwt.decode = lambda *a, **k: {"sub": "root"}
        starlette.responses.JSONResponse.render = lambda self, content: b"left"
        asyncio.set_event_loop(asyncio.new_event_loop())
        os.environ["LEFT"] = "left"
        return "contained"
    """,
}
LOOK = {
    "ml": """
        import numpy as np, pandas as pd, sklearn, sklearn.linear_model, os
        left = [hasattr(one, "left") for one in (sklearn, pd, np)]
        left += ["LEFT" in os.environ, sklearn.get_config()["assume_finite"], pd.get_option("display.max_rows") == 3]
        left += [np.geterr()["over"] == "raise", np.get_printoptions()["precision"] == 1]
        left += [np.random.get_state()[1][0] == 7, len({np.random.randint(10**9) for _ in range(9)}) == 1]
        model = sklearn.linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 2.0])
        left += [abs(model.predict([[2.0]])[0] - 4) > 1e-6]
        return repr(left) if any(left) else "contained"
    """,
    "web": """
        import fastapi, starlette.responses, django, jwt, os, sqlalchemy
        from django.conf import settings
        left = [hasattr(one, "left") for one in (fastapi, django, jwt, sqlalchemy)]
        left += ["LEFT" in os.environ, settings.configured, django.apps.apps.ready]
        left += [starlette.responses.JSONResponse({"a": 1}).body != b'{"a":1}']
        try:
            left.append(bool(jwt.decode("x.y.z", "k" * 32, algorithms=["HS256"])))
        except jwt.InvalidTokenError:
            pass
        return repr(left) if any(left) else "contained"
    """,
}


@pytest.mark.parametrize("name", NAMES)
def test_the_next_case_and_the_next_run_find_the_libraries_as_new(
    walled: Judge, tmp_path: Path, name: EnvironmentName
) -> None:
    """The libraries are loaded once for all; what one process does to them no other may see."""
    source = f"def leave():{LEAVE[name]}\ndef look():{LOOK[name]}\n"
    source += "def solve(what):\n    return (look if what == 'look' else leave)()\n"
    item = item_for(tmp_path / "item", name, "leave", "look")
    assert_contained(walled.run(item, source))
    assert_contained(walled.run(item, source))
