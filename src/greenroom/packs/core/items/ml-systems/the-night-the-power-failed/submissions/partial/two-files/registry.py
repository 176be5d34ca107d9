"""The registry of models: which versions there are, and which one is served.

    models/7/model      the bytes of version 7
    models/7/meta.json  its checksum and the version that it was trained on from
    serving.json        the version that is served
    history.json        the versions that were served before it, the last one last
"""

import hashlib
import json
from typing import Any

from greenroom_lab import storage

files = storage()


def publish(model: bytes, checksum: str, parent: int | None = None) -> int:
    """Keep a new version and return its number."""
    if hashlib.sha256(model).hexdigest() != checksum:
        raise ValueError("the model is not what the checksum says")
    if parent is not None and parent not in versions():
        raise LookupError(f"there is no version {parent}")
    number = max(versions(), default=0) + 1
    files.write(f"models/{number}/model", model)
    _write(f"models/{number}/meta.json", {"checksum": checksum, "parent": parent})
    return number


def versions() -> list[int]:
    """All versions, the oldest first."""
    return sorted(int(name.split("/")[1]) for name in files.list("models/") if name.endswith("/meta.json"))


def lineage(number: int) -> list[int]:
    """The version, the one that it was trained on from, that one's, and so on."""
    found = []
    at: int | None = number
    while at is not None:
        if at not in versions():
            raise LookupError(f"there is no version {at}")
        found.append(at)
        at = _read(f"models/{at}/meta.json")["parent"]
    return found


def promote(number: int) -> None:
    """Serve version *number* from now on."""
    if number not in versions():
        raise LookupError(f"there is no version {number}")
    _verified(number)
    now = _read("serving.json", {"version": None})["version"]
    if number == now:
        return
    if now is not None:
        _write("history.json", [*_read("history.json", []), now])
    _write("serving.json", {"version": number})


def rollback() -> int:
    """Serve again what was served before the present version, and return its number."""
    history = _read("history.json", [])
    if not history:
        raise LookupError("nothing was served before")
    _write("serving.json", {"version": history[-1]})
    _write("history.json", history[:-1])
    return history[-1]


def serving() -> tuple[int, bytes] | None:
    """The version that is served, and its bytes; None as long as none was promoted."""
    number = _read("serving.json", {"version": None})["version"]
    return None if number is None else (number, _verified(number))


def _verified(number: int) -> bytes:
    model = files.read(f"models/{number}/model")
    if hashlib.sha256(model).hexdigest() != _read(f"models/{number}/meta.json")["checksum"]:
        raise ValueError(f"version {number} is damaged")
    return model


def _read(name: str, missing: Any = None) -> Any:
    try:
        return json.loads(files.read(name))
    except FileNotFoundError:
        if missing is None:
            raise
        return missing


def _write(name: str, value: Any) -> None:
    files.write(f"tmp/{name}", json.dumps(value).encode())
    files.rename(f"tmp/{name}", name)
