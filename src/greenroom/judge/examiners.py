"""The examiners that stand ready: one template for each item that was run lately, from which every run gets a session.

What a pack's own files make and compute is made once for an item, not once for a submission; and each run has a process
of its own, so that no run can tell anything to another.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greenroom.bank.base import EnvironmentName
from greenroom.bank.loader import load_cases
from greenroom.bank.models import Case, Item
from greenroom.bank.source import PackError, read_text
from greenroom.bank.specs import CodeSpec, Limits
from greenroom.judge.box import Box
from greenroom.judge.channel import Channel, Frame
from greenroom.judge.examining import Examination, Session
from greenroom.judge.faults import BoxError, BoxTimeoutError, JudgeFaultError, judge_faults, line
from greenroom.judge.inside import values
from greenroom.judge.sheets import Row, Sheet, rows_of
from greenroom.judge.signature import TypeSyntaxError, parse_type

LIMITS = Limits(cpu_s=60, wall_s=120, memory_mb=2048, processes=64, disk_mb=64)
"""What each process of a pack's own files may use."""

_PROBES = Path(__file__).parent / "probes"
_SOURCES = ("generate.py", "oracle.py", "checker.py")
_ANSWER_S = 120.0
_LAST_WORDS_S = 2.0


class Template:
    """An examiner's sandbox that has read one item. Thread-safe. Raises BoxError when it does not start."""

    def __init__(self, box: Box, brief: bytes, *, ahead: bool) -> None:
        self.box = box
        self._speaking, self._hearing = threading.Lock(), threading.RLock()
        self._said: str | None = None
        self._rows: tuple[Row, ...] | None = None
        self._sheetless = False
        box.ready()
        box.send({"op": "open", "ahead": ahead}, brief)

    def session(self, close: Callable[[], None]) -> Session:
        """A session for one run; *close* is called at its end. Raises BoxError."""
        ours, theirs = line()
        with theirs:
            try:
                with self._ending_explained(), self._speaking:
                    self.box.channel.hand({"op": "session"}, [theirs.fileno()])
            except BoxError:
                ours.close()
                raise
        return Session(Channel(ours), self.last_words, close, self.box.strike)

    def settle(self) -> None:
        """Wait until it has made what it makes ahead; sessions may start meanwhile. Raises BoxError."""
        with self._ending_explained(), self._hearing:
            self._ask("settle", "settled")

    def rows(self) -> tuple[Row, ...] | None:
        """The item's answer sheet, if that can be had at once. Raises BoxError."""
        if self._rows is not None or self._sheetless or not self._hearing.acquire(blocking=False):
            return self._rows
        try:
            with self._ending_explained():
                head, body = self._ask("sheet", "sheet")
        finally:
            self._hearing.release()
        if head["sheet"] == "here":
            self._rows = rows_of(int(head["described"]), body)
        self._sheetless = head["sheet"] == "never"
        return self._rows

    def _ask(self, what: str, awaited: str) -> Frame:
        """Ask and wait for the answer; the caller holds `_hearing`, so nobody else takes it away."""
        with self._speaking:
            self.box.send({"op": what})
        return self._hear(awaited, time.monotonic() + _ANSWER_S)

    @contextlib.contextmanager
    def _ending_explained(self) -> Iterator[None]:
        try:
            yield
        except BoxError as error:
            said = self.last_words()
            if isinstance(error, BoxTimeoutError):
                self.box.strike()
            if said is None:
                raise
            raise BoxError(said) from None

    def last_words(self) -> str | None:
        """Why it ended, when it was the pack's doing; they are said once and told to each run that asks."""
        with contextlib.suppress(BoxError), self._hearing:
            self._hear("fault", time.monotonic() + _LAST_WORDS_S)
        return self._said

    def _hear(self, awaited: str, until: float) -> Frame:
        while self._said is None:
            head, body = self.box.receive(until)
            if "fault" in head:
                self._said = str(head["fault"])[:500]
            if awaited in head:
                return head, body
        raise BoxError(self._said)


@dataclass
class _Kept:
    """The template of an item, made by the first run that needs it, and how many runs have a session of it now."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    template: Template | None = None
    users: int = 0


class Examiners:
    """The templates of the *count* items that were run last; with 0 each run has a template of its own.

    *start* makes an examiner's sandbox, in an environment, that lives on when the thread which asked for it ends;
    *release* ends one. Thread-safe.
    """

    def __init__(self, start: Callable[[EnvironmentName], Box], release: Callable[[Box], None], count: int) -> None:
        self._start, self._release, self._count = start, release, count
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, _Kept] = OrderedDict()

    def examination(self, item: Item, *, visible_only: bool) -> Examination | Sheet:
        """An examiner for one run of *item*; the caller closes it. Raises JudgeFaultError when the item is unfit."""
        if not self._count:
            template = self._template(item, ahead=False)
            session = self._opened(template, lambda: self._release(template.box))
            return Examination(session, visible_only=visible_only)
        kept = self._hold(item)
        try:
            template = self._living(kept, item)
            with judge_faults("the examiner"):
                rows = template.rows()
            if rows is None:
                session = self._opened(template, lambda: self._let_go(kept))
                return Examination(session, visible_only=visible_only)
        except BaseException:
            self._let_go(kept)
            raise

        def examiner() -> Examination:
            return Examination(self._opened(self._living(kept, item), lambda: None), visible_only=visible_only)

        return Sheet(rows, examiner, lambda: self._let_go(kept), visible_only=visible_only)

    def lab_session(self, item: Item) -> Session:
        """The examiner of one run of a lab; the caller closes it. Raises JudgeFaultError when the item is unfit."""
        if not self._count:
            template = self._template(item, ahead=False)
            return self._opened(template, lambda: self._release(template.box))
        kept = self._hold(item)
        try:
            return self._opened(self._living(kept, item), lambda: self._let_go(kept))
        except BaseException:
            self._let_go(kept)
            raise

    def prepare(self, item: Item) -> None:
        """Have all cases of *item* made before it is run, as far as they are kept; nothing when no template is."""
        if not self._count:
            return
        kept = self._hold(item)
        try:
            with judge_faults("the examiner"):
                self._living(kept, item).settle()
        finally:
            self._let_go(kept)

    def _opened(self, template: Template, close: Callable[[], None]) -> Session:
        try:
            with judge_faults("the examiner"):
                return template.session(close)
        except JudgeFaultError:
            if not self._count:
                close()
            raise

    def _living(self, kept: _Kept, item: Item) -> Template:
        with kept.lock:
            if kept.template is not None and not kept.template.box.alive:
                self._release(kept.template.box)
                kept.template = None
            if kept.template is None:
                kept.template = self._template(item, ahead=True)
            return kept.template

    def _template(self, item: Item, *, ahead: bool) -> Template:
        brief = values.encode(_lab_brief(item) if item.kind.is_lab else _brief(item))
        with judge_faults("the examiner"):
            box = self._start(item.head.lab.examiner if item.head.lab is not None else "plain")
            try:
                return Template(box, brief, ahead=ahead)
            except BoxError:
                self._release(box)
                raise

    def _hold(self, item: Item) -> _Kept:
        edition = _edition(item)
        with self._lock:
            kept = self._kept.setdefault(edition, _Kept())
            self._kept.move_to_end(edition)
            kept.users += 1
            spent = self._forget_idle(len(self._kept) - self._count)
        for box in spent:
            self._release(box)
        return kept

    def _let_go(self, kept: _Kept) -> None:
        with self._lock:
            kept.users -= 1

    def _forget_idle(self, count: int) -> list[Box]:
        """Forget up to *count* templates that no run uses, the oldest first; returns their sandboxes."""
        idle = [key for key, kept in self._kept.items() if not kept.users]
        found = [self._kept.pop(key).template for key in idle[: max(0, count)]]
        return [template.box for template in found if template is not None]

    def end_idle(self) -> None:
        """End the templates that no run uses."""
        with self._lock:
            spent = self._forget_idle(len(self._kept))
        for box in spent:
            self._release(box)

    def close(self) -> None:
        """End all templates, and with them their sessions."""
        with self._lock:
            found = [kept.template for kept in self._kept.values()]
            self._kept.clear()
        for template in found:
            if template is not None:
                self._release(template.box)


def _edition(item: Item) -> object:
    """What tells one state of an item's files in judge/ from another, without reading them."""
    folder = os.fspath(item.judge_folder)
    if item.kind.is_lab:
        return item.head.uuid, *(_state(str(path)) for path in sorted(item.judge_folder.rglob("*")))
    return (
        item.head.uuid,
        item.head.code.model_dump_json() if item.head.code is not None else None,
        *(_state(f"{folder}/{name}") for name in (*_SOURCES, "cases.yaml")),
    )


def _state(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.lstat(file)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _lab_brief(item: Item) -> dict[str, Any]:
    """The examiner's files, and the probes that they use."""
    probes = {path.name: path.read_text("utf-8") for path in sorted(_PROBES.glob("*.py"))}
    try:
        sources = {
            path.relative_to(item.judge_folder).as_posix(): read_text(path, item.folder)
            for path in sorted(item.judge_folder.rglob("*"))
            if path.is_file() and path.suffix != ".pyc"
        }
    except PackError as error:
        raise JudgeFaultError(f"the item cannot be read: {error}") from None
    return {"probes": probes, "sources": sources}


def _brief(item: Item) -> dict[str, Any]:
    """All that the examiner is told of *item*. Raises JudgeFaultError when the item cannot be read."""
    spec = item.head.code
    assert spec is not None
    try:
        cases = [_written(case) for case in load_cases(item)]
        sources = {
            name: read_text(item.judge_folder / name, item.folder)
            for name in _SOURCES
            if (item.judge_folder / name).exists()
        }
        return {"spec": _described(spec), "cases": cases, "sources": sources, "seed": str(item.head.uuid)}
    except (PackError, TypeSyntaxError, OSError) as error:
        raise JudgeFaultError(f"the item cannot be read: {error}") from None


def _described(spec: CodeSpec) -> dict[str, Any]:
    return {
        "form": spec.form,
        "parameters": [[parameter.name, parse_type(parameter.type)] for parameter in spec.parameters],
        "returns": parse_type(spec.returns) if spec.returns is not None else None,
        "compare": spec.compare,
        "tolerance": spec.tolerance,
    }


def _written(case: Case) -> dict[str, Any]:
    """The case as its author wrote it: no `expect` where there was none, which is not the same as `expect: null`."""
    given: dict[str, Any] = {"name": case.name, "group": case.group, "visible": case.visible}
    if case.args is not None:
        given["args"] = list(case.args)
    if case.stdin is not None:
        given["stdin"] = case.stdin
    if "expect" in case.model_fields_set:
        given["expect"] = case.expect
    return given
