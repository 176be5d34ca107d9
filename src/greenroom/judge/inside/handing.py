"""Files into a sandbox and out of it again, as bytes over the channel: neither side ever opens a path of the other's.

Only plain files are taken out, found without following a link, and counted before they are read: what lies there was
made by a candidate's source.
"""

from __future__ import annotations

import json
import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_MOST_FILES = 2000
_MOST_NAMES = 128 * 1024
_DEEPEST = 16


def put(folder: str, names: list[str], sizes: list[int], body: bytes, *, append: bool = False) -> None:
    """Write files below *folder*, one after the other from *body*; *names* are relative and may have folders.

    A name that ends in a slash is an empty folder. With *append* the bytes go to the end of what is there. Raises
    ValueError for a name that leads out, and OSError as the file system does.
    """
    view = memoryview(body)
    for name, size in zip(names, sizes, strict=True):
        parts = name.rstrip("/").split("/")
        if any(part in ("", ".", "..") or "\0" in part for part in parts):
            raise ValueError(f"not a file name: {name!r}")
        path = os.path.join(folder, *parts)
        if name.endswith("/"):
            os.makedirs(path, 0o755, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        how = os.O_APPEND if append else os.O_TRUNC
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | how | os.O_NOFOLLOW, 0o755), "wb") as stream:
            stream.write(view[:size])
        view = view[size:]


def kept(folder: str, most: int) -> tuple[dict[str, Any], bytes]:
    """The same of a folder with which a case could do what it liked: what cannot be read is not there."""
    try:
        return collect(folder, most)
    except OSError:
        return {"names": [], "sizes": []}, b""


def collect(folder: str, most: int) -> tuple[dict[str, Any], bytes]:
    """All plain files below *folder* as `{names, sizes}` and their bytes; `{excess}` above *most* bytes.

    There is an excess too when they are too many, or their names too long for the head of a frame (`frames.MAX_HEAD`).
    """
    names: list[str] = []
    parts: list[bytes] = []
    left, left_for_names = most, _MOST_NAMES
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        for base, folders, files, at in os.fwalk(".", dir_fd=top, follow_symlinks=False):
            if base.count("/") > _DEEPEST:
                folders.clear()
            for name in sorted(files):
                if not stat.S_ISREG(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode):
                    continue
                with open(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at), "rb") as stream:
                    content = stream.read(left + 1)
                names.append(os.path.join(base, name).removeprefix("./"))
                left -= len(content)
                left_for_names -= len(json.dumps(names[-1]))
                if min(left, left_for_names) < 0 or len(names) > _MOST_FILES:
                    return {"excess": True}, b""
                parts.append(content)
    finally:
        os.close(top)
    return {"names": names, "sizes": [len(part) for part in parts]}, b"".join(parts)
