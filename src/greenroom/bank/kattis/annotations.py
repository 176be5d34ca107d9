"""What DOMjudge lets a submission say of itself: `@EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT` in a comment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from greenroom.bank.kattis.files import Files
from greenroom.bank.kattis.keys import number_of
from greenroom.bank.kattis.verdicts import EVERY, Verdicts, spelled
from greenroom.bank.source import MAX_FILE_BYTES

_TAG = re.compile(rb"@EXPECTED_(RESULTS|SCORE)@:[ \t]*([^\r\n]*)", re.IGNORECASE)
_COMMENT_END = re.compile(r"(?:\*/|-->|\*\)|#\}|-\}|\|#|\"\"\"|''').*$")


@dataclass(frozen=True)
class Annotation:
    """What the tag states: verdicts, a score, or both; None for what it does not."""

    verdicts: Verdicts | None = None
    score: float | None = None


def read_annotation(files: Files, paths: Sequence[Path]) -> Annotation | None:
    """The annotation in *paths*, the files of one submission; None where there is none.

    Two of a sort in one submission contradict each other or mean nothing: they are named, and neither counts. Words
    that DOMjudge does not know are named. `CHECK-MANUALLY` permits everything: somebody would have to look.
    """
    found: dict[bytes, list[tuple[Path, str]]] = {}
    for path in paths:
        source = files.head(path)
        if len(source) == MAX_FILE_BYTES:
            files.leave_out(path, f"is not searched for @EXPECTED_RESULTS@ after {MAX_FILE_BYTES:,} bytes")
        for tag in _TAG.finditer(source):
            stated = _COMMENT_END.sub("", tag[2].decode("utf-8", errors="replace")).strip()
            found.setdefault(tag[1].upper(), []).append((path, stated))
    verdicts, score = None, None
    for sort, stated_at in found.items():
        path, stated = stated_at[0]
        if len(stated_at) > 1:
            files.leave_out(path, f"has more than one @EXPECTED_{sort.decode()}@: none of them counts")
        elif sort == b"SCORE" and number_of(stated) is not None:
            score = number_of(stated)
        else:
            verdicts = _verdicts(files, path, stated)
    return None if verdicts is None and score is None else Annotation(verdicts, score)


def _verdicts(files: Files, path: Path, stated: str) -> Verdicts | None:
    verdicts: Verdicts = frozenset()
    for word in stated.split(","):
        known = spelled(word)
        if known is None and word.strip().upper().replace("_", "-") == "CHECK-MANUALLY":
            files.leave_out(path, "CHECK-MANUALLY: nobody is there to look; every verdict is taken")
            known = EVERY
        if known is None:
            files.leave_out(path, f"@EXPECTED_RESULTS@: {word.strip()[:40]!r} is no verdict", "see DOMjudge's manual")
        else:
            verdicts |= known
    return verdicts or None
