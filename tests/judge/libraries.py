"""Items that ask for an environment, and libraries small enough for a test, installed as pip would leave them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.judge.small_items import function, small_item

from greenroom.bank.base import EnvironmentName
from greenroom.bank.models import Item
from greenroom.bank.specs import Limits
from greenroom.judge import environments
from greenroom.judge.results import RunResult

LIMITS = Limits(cpu_s=10, wall_s=120, memory_mb=128, processes=16, output_kb=64, disk_mb=4)
JUDGES = {"tier1": (1, 0), "tier1-spares": (1, 1), "tier2": (2, 0)}
"""The judges that the tests use: their tier and their spares."""


def item_for(folder: Path, environment: EnvironmentName, *args: str) -> Item:
    """An item in *environment* whose `solve(what)` is asked for each of *args*, and is to return "fine"."""
    code = function(returns="str", what="str").model_copy(update={"environment": environment})
    cases = [{"name": one, "group": "basic", "visible": True, "args": [one], "expect": "fine"} for one in args]
    return small_item(folder, code=code, cases=cases, limits=LIMITS)


def answers(result: RunResult) -> list[str]:
    """What each case returned, or why it did not."""
    return [str(case.actual).strip("'") if case.actual else f"{case.verdict}: {case.message}" for case in result.cases]


def install(site: Path, name: str, files: Mapping[str, str], requires: Iterable[str] = ()) -> None:
    """Put the distribution *name* with *files* into *site*, with metadata and a list of its files."""
    info = f"{name.replace('-', '_')}-1.0.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    lines += [f"Requires-Dist: {one}" for one in requires]
    written = {**files, f"{info}/METADATA": "\n".join(lines) + "\n"}
    for path, text in written.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, encoding="utf-8")
    record = [f"{path},," for path in [*written, f"{info}/RECORD"]]
    (site / info / "RECORD").write_text("\n".join(record) + "\n", encoding="utf-8")


def install_small(site: Path, environment: EnvironmentName, **sources: str) -> None:
    """Install every distribution of *environment* with one module, which is empty unless *sources* has its text."""
    for name in environments.DISTRIBUTIONS[environment]:
        module = {"scikit-learn": "sklearn", "pyjwt": "jwt"}.get(name, name.replace("-", "_"))
        install(site, name, {f"{module}/__init__.py": sources.get(module, "")})


@contextmanager
def readable_folder() -> Iterator[Path]:
    """A new folder that other users can read, as tier 2 becomes one."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)
