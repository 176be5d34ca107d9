"""Rows from files, JSON lines or CSV. What is no row comes along with the reason; nothing is left out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from greenroom.grading.intake.schemas import Found
from greenroom.kernel.errors import InputError

MOST_BYTES = 256 * 1024 * 1024
MOST_LINE_CHARACTERS = 2_000_000


def read_file(path: Path) -> list[Found]:
    """Every row of a file; blank lines are none. Raises InputError for a file that cannot be read as a whole."""
    if path.suffix.lower() not in (".jsonl", ".ndjson", ".csv"):
        raise InputError(f"{path}: neither JSON lines nor CSV", mend="name it .jsonl or .csv")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path}: more than {MOST_BYTES:,} bytes", mend="cut it into several files")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", mend="name a readable file") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    return list(_csv(path, data) if path.suffix.lower() == ".csv" else _json_lines(path, data))


def _json_lines(path: Path, data: bytes) -> Iterator[Found]:
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        place = f"{path.name[:200]}, line {number}"
        if len(line) > MOST_LINE_CHARACTERS:
            yield Found("file", place, {}, f"the line has more than {MOST_LINE_CHARACTERS:,} bytes")
            continue
        try:
            value = json.loads(line.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            yield Found("file", place, {"line": line.decode("utf-8", "replace")}, f"no JSON: {_short(error)}")
            continue
        if not isinstance(value, dict):
            yield Found("file", place, {"line": str(value)}, "the line is no JSON object")
            continue
        yield Found("file", place, value)


def _short(error: Exception) -> str:
    return {"UnicodeDecodeError": "not UTF-8", "RecursionError": "nested too deeply"}.get(
        type(error).__name__, str(error).partition(":")[0]
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _csv(path: Path, data: bytes) -> Iterator[Found]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}", mend="save it as UTF-8") from None
    csv.field_size_limit(MOST_LINE_CHARACTERS)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if len(set(names)) != len(names) or not all(names):
            raise InputError(f"{path}: a column has no name, or two have the same", mend="name each column once")
        while True:
            first = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if cells:
                yield _row(names, cells, f"{path.name[:200]}, line {first}")
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}", mend="quote cells that hold quotes") from None


def _row(names: list[str], cells: list[str], place: str) -> Found:
    values: dict[str, Any] = {
        name: cell for name, cell in zip(names, cells, strict=False) if cell != "" or name == "answer"
    }
    if len(cells) != len(names):
        return Found("file", place, values, f"{len(cells)} cells for {len(names)} columns")
    if "references" in values:
        values["references"] = _references(values["references"])
    return Found("file", place, values)


def _references(cell: str) -> Any:
    """One reference, or a JSON list of them."""
    if cell.lstrip().startswith("["):
        try:
            return json.loads(cell)
        except (ValueError, RecursionError):
            return [cell]
    return [cell]
