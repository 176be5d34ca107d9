"""Finding the item that a command names, and reading the answer that it is given."""

from __future__ import annotations

import sys
from pathlib import Path

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item
from greenroom.bank.projects import MOST_FILES
from greenroom.kernel.errors import InputError, NotFoundError

MAX_ANSWER_BYTES = 200_000


def find_item(slug: str, pack: Path | None = None) -> Item:
    """The item called *slug*; raises NotFoundError naming the nearest slugs."""
    import difflib

    items = load_pack(pack or core_pack_folder()).by_slug
    if slug in items:
        return items[slug]
    near = difflib.get_close_matches(slug, items, n=3)
    mend = f"did you mean {', '.join(near)}?" if near else "`greenroom bank list` names them all"
    raise NotFoundError(f"there is no item {slug!r}", mend=mend)


def read_answer(path: Path) -> str:
    """The text of an answer; raises InputError for a missing, too large or non-UTF-8 file."""
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(MAX_ANSWER_BYTES + 1)
        else:
            with path.open("rb") as stream:
                data = stream.read(MAX_ANSWER_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", mend="name a readable file") from None
    return decode_answer(data, str(path))


def read_project(path: Path, item: Item) -> dict[str, bytes]:
    """The files of an answer to a lab: those below the folder *path*, or the one file *path* in place of the starter's.

    Hidden files, bytecode and links are left out. Raises InputError.
    """
    if path.is_file():
        if path.name not in item.starter:
            mend = f"name a folder, or one of: {', '.join(sorted(item.starter))}"
            raise InputError(f"{path.name!r} is no file of this lab's project", mend=mend)
        return {path.name: read_answer(path).encode("utf-8")}
    if not path.is_dir():
        raise InputError(f"{path}: there is no such folder", mend="name the folder with the project's files")
    found: dict[str, bytes] = {}
    for one in sorted(path.rglob("*")):
        parts = one.relative_to(path).parts
        if one.is_symlink() or not one.is_file() or any(part.startswith((".", "__pycache__")) for part in parts):
            continue
        if len(found) == MOST_FILES:
            raise InputError(f"{path}: more than {MOST_FILES} files", mend="name the project's own folder")
        found["/".join(parts)] = read_answer(one).encode("utf-8")
    return found


def decode_answer(data: bytes, name: str) -> str:
    """*data* as text, within the size that an answer may have."""
    if len(data) > MAX_ANSWER_BYTES:
        raise InputError(
            f"{name}: more than {MAX_ANSWER_BYTES:,} bytes", mend="an answer is at most 200 kB: shorten it"
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: byte {error.start} is not UTF-8", mend="save the file as UTF-8") from None
