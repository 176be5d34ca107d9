"""What the environments bring of the host into a sandbox, how long they live, how they fail: with small libraries."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import structlog
from tests.judge.libraries import JUDGES, LIMITS, answers, install, install_small, item_for, readable_folder
from tests.judge.tiers import interpreter_for

from greenroom.judge import box, census, environments, spares
from greenroom.judge.results import Verdict
from greenroom.judge.service import Judge

LOOK = """
import os, sys

def found(path):
    try:
        return os.listdir(path) if os.path.isdir(path) else [open(path).read()]
    except OSError:
        return []

def solve(what):
    import fastapi
    site = os.path.dirname(os.path.dirname(fastapi.__file__))
    if what == "secrets":
        inner = ["greenroom", "greenroom/packs", "greenroom/packs/core/judge", "greenroom/packs/core/judge/oracle.py"]
        names = inner + ["greenroom-1.0.dist-info/RECORD", "other/secret.py", "loose.py", "linked/judge/oracle.py"]
        got = [name for name in names if found(os.path.join(site, name))]
        try:
            import other
            got.append("imported other")
        except ImportError:
            pass
        return repr(got) if got else "fine"
    if what == "listing":
        return "fine" if not {"greenroom", "other", "loose.py"} & set(found(site)) else repr(found(site))
    written = []
    for place in (site, os.path.dirname(fastapi.__file__), os.path.join(site, "greenroom")):
        try:
            open(os.path.join(place, "left.py"), "w").close()
            written.append(place)
        except OSError:
            pass
    return repr(written) if written else "fine"
"""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A site-packages folder, in /tmp of all places, in which small libraries of `web` lie."""
    with readable_folder() as folder:
        monkeypatch.syspath_prepend(str(folder))
        environments.find.cache_clear()
        install_small(folder, "web")
        yield folder
    environments.find.cache_clear()


@pytest.mark.parametrize(("tier", "count"), JUDGES.values(), ids=list(JUDGES))
def test_a_wheel_of_greenroom_beside_the_libraries_cannot_be_read(
    tmp_path: Path, site: Path, tier: int, count: int
) -> None:
    secret = {"greenroom/__init__.py": "", "greenroom/packs/core/judge/oracle.py": "def oracle(n): return 42"}
    install(site, "greenroom", secret)
    install(site, "other", {"other/__init__.py": "", "other/secret.py": "x = 1", "loose.py": "x = 1"})
    (site / "linked").symlink_to(site / "greenroom" / "packs" / "core")
    with readable_folder() as scratch:
        judge = Judge(tier=tier, interpreter=interpreter_for(tier), scratch=scratch, spares=count)
        item = item_for(tmp_path / "item", "web", "secrets", "listing", "writing", "listing", "secrets")
        result = judge.run(item, LOOK if tier == 1 else LOOK.replace('"listing"', '"no listing"'))
        judge.close()
    assert answers(result) == ["fine"] * 5, result.message


@pytest.mark.parametrize(("tier", "count"), JUDGES.values(), ids=list(JUDGES))
def test_where_greenroom_lies_in_pythons_own_library_it_is_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tier: int, count: int
) -> None:
    """As with `pip install` into the interpreter that runs inside. Here `unittest` stands for its site-packages."""
    interpreter = interpreter_for(tier)
    ask = [interpreter, "-I", "-S", "-c", "import os; print(os.path.dirname(os.path.realpath(os.__file__)))"]
    library = Path(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())
    monkeypatch.setattr(box, "HIDDEN", library / "unittest")
    source = f"""
        import os, json
        def solve(what):
            names = []
            for path in ({str(library / "unittest")!r}, {str(library / "unittest" / "case.py")!r}):
                try:
                    names += os.listdir(path) if os.path.isdir(path) else [open(path).name]
                except OSError:
                    pass
            return "fine" if not names and os.listdir({str(library / "json")!r}) else repr(names)
    """
    with readable_folder() as scratch:
        judge = Judge(tier=tier, interpreter=interpreter, scratch=scratch, spares=count)
        result = judge.run(item_for(tmp_path / "item", "plain", "it"), dedent(source))
        judge.close()
    assert answers(result) == ["fine"], result.message


@pytest.mark.parametrize("count", [0, 1])
def test_an_environment_that_is_not_installed_is_a_judge_error_that_names_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    interpreter_for(1)
    monkeypatch.setattr(environments, "DISTRIBUTIONS", {"plain": (), "web": (), "ml": ("numpy", "no-such-library")})
    environments.find.cache_clear()
    judge = Judge(tier=1, spares=count)
    result = judge.run(item_for(tmp_path / "item", "ml", "it"), "def solve(what):\n    return 'fine'\n")
    judge.close()
    environments.find.cache_clear()
    assert result.verdict is Verdict.judge_error
    assert "no-such-library missing; install it with `pip install 'greenroom[ml]'`" in str(result.message)
    assert result.findings == ()


@pytest.mark.parametrize("count", [0, 1])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('broken here')", "RuntimeError: broken here"),
        ("import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start()", "threads"),
    ],
    ids=["does not load", "starts a thread"],
)
def test_a_broken_library_is_a_judge_error_that_says_why(
    tmp_path: Path, site: Path, text: str, said: str, count: int
) -> None:
    interpreter_for(1)
    (site / "fastapi" / "__init__.py").write_text(text)
    judge = Judge(tier=1, spares=count)
    result = judge.run(item_for(tmp_path / "item", "web", "it"), "def solve(what):\n    return 'fine'\n")
    plain = judge.run(item_for(tmp_path / "plain", "plain", "it"), "def solve(what):\n    return 'fine'\n")
    judge.close()
    assert result.verdict is Verdict.judge_error
    assert said in str(result.message)
    assert plain.verdict is Verdict.accepted


def holders(judge: Judge) -> set[str]:
    return set(judge._spares._zygotes) if judge._spares is not None else set()


def test_a_zygote_with_libraries_lives_while_somebody_asks_for_it(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter_for(1)
    judge = Judge(tier=1, spares=1)
    fine = "def solve(what):\n    return 'fine'\n"
    plain, web = item_for(tmp_path / "plain", "plain", "it"), item_for(tmp_path / "web", "web", "it")
    assert judge.run(plain, fine).verdict is Verdict.accepted
    assert holders(judge) == {"plain"}
    assert judge.run(web, fine).verdict is Verdict.accepted
    judge.warm(LIMITS, environment="web")
    assert holders(judge) == {"plain", "web"}
    assert judge._spares is not None
    zygote = judge._spares._zygotes["web"].pid
    family = [zygote, *census.descendants(zygote)]
    assert len(family) >= 4
    monkeypatch.setattr(spares, "UNASKED_S", 0.0)
    deadline = time.monotonic() + 30
    while any(map(census.resident_kb, family)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(census.resident_kb, family))
    assert holders(judge) == {"plain"}
    monkeypatch.setattr(spares, "UNASKED_S", 600.0)
    assert judge.run(web, fine).verdict is Verdict.accepted
    judge.rest()
    assert holders(judge) == {"plain"}
    judge.close()


def test_preparing_an_item_has_its_environment_loaded(tmp_path: Path, site: Path) -> None:
    interpreter_for(1)
    judge = Judge(tier=1, spares=1)
    judge.prepare(item_for(tmp_path / "item", "web", "it"))
    deadline = time.monotonic() + 30
    while "web" not in holders(judge) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "web" in holders(judge)
    judge.close()


def test_a_rest_while_spares_are_being_made_is_nothing_to_warn_of(tmp_path: Path, site: Path) -> None:
    interpreter_for(1)
    judge = Judge(tier=1, spares=2)
    web = item_for(tmp_path / "item", "web", "it")
    with structlog.testing.capture_logs() as logs:
        for _ in range(5):
            judge.prepare(web)
            assert judge._spares is not None
            until = time.monotonic() + 30
            while "web" not in judge._spares._zygotes and time.monotonic() < until:
                time.sleep(0.001)
            judge.rest()  # the keeper waits for the first spare of this zygote
        assert judge.run(web, "def solve(what):\n    return 'fine'\n").verdict is Verdict.accepted
        judge.close()
    assert [one for one in logs if one["event"] == "no spare sandbox"] == []
