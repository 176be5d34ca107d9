"""The examiner's side of a lab: loads the item's `judge/examine.py` once, and runs it for each session.

The pack's code finds `greenroom.judge.probes` beside the standard library, from sources that came with the brief: the
house itself is not in the sandbox.
"""

from __future__ import annotations

import importlib
import linecache
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from .. import arrays, frames, values
from ..examiner import PackFaultError, blaming

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_HOUSE = "greenroom.judge"
_MAIN = "examine"


class LabExaminer:
    """The examination of one lab. *given* has `sources`: texts by path, of the probes and of the item's `judge/`."""

    size = 0

    def __init__(self, given: dict[str, Any]) -> None:
        self._given = given
        self._broken: str | None = None
        _furnish(given["probes"], given["sources"])
        try:
            with blaming("judge/examine.py"):
                importlib.import_module(_MAIN)
        except PackFaultError as error:
            self._broken = str(error)

    def prepare(self) -> bool:
        """There is nothing to do ahead."""
        return False

    def sheet(self) -> tuple[dict[str, Any], bytes]:
        """There is no answer sheet."""
        return {"sheet": "never"}, b""

    def serve(self, channel: int) -> None:
        """Examine one project, which the first frame brings."""
        head, body = frames.read(channel)
        if self._broken is not None:
            raise PackFaultError(self._broken)
        from greenroom.judge.probes import lab, seats

        files = {str(name): bytes(content) for name, content in values.decode(body).items()}
        with blaming("judge/examine.py"):
            lab.examine(seats.Board(channel), files, visible_only=bool(head["visible_only"]))


class _Sources:
    """Modules from texts by their dotted names; a package is one whose text stands under `name.__init__`.

    A finder and loader without the base classes: `importlib.abc` would bring half of the library into every sandbox.
    """

    def __init__(self, texts: dict[str, tuple[str, str]]) -> None:
        self._texts = texts

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None) -> ModuleSpec | None:
        is_package = f"{name}.__init__" in self._texts
        loader: Any = self
        return ModuleSpec(name, loader, is_package=is_package) if name in self._texts or is_package else None

    def create_module(self, _spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        file, text = self._texts[name] if name in self._texts else self._texts[f"{name}.__init__"]
        linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
        exec(compile(text, file, "exec", dont_inherit=True), module.__dict__)


def _furnish(probes: dict[str, str], sources: dict[str, str]) -> None:
    texts = {f"{_HOUSE}.probes.{path.removesuffix('.py')}": (f"probes/{path}", text) for path, text in probes.items()}
    texts |= {
        path.removesuffix(".py").replace("/", "."): (f"judge/{path}", text)
        for path, text in sources.items()
        if path.endswith(".py")
    }
    sys.meta_path.insert(0, _Sources(texts))
    for name in ("greenroom", _HOUSE):
        package = ModuleType(name)
        package.__path__ = []
        sys.modules[name] = package
    inside = sys.modules[__package__.rpartition(".")[0]]
    sys.modules[f"{_HOUSE}.inside"] = inside
    for module in (arrays, frames, values):
        sys.modules[f"{_HOUSE}.inside.{module.__name__.rpartition('.')[2]}"] = module
    sys.modules[_HOUSE].inside = inside  # type: ignore[attr-defined]
