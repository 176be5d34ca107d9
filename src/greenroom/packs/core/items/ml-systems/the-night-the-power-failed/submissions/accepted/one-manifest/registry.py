"""The registry of models: bytes under models/, everything else in one manifest that is replaced as a whole."""

import hashlib
import json
from typing import Any

from greenroom_lab import storage

files = storage()

MANIFEST = "manifest.json"


def publish(model: bytes, checksum: str, parent: int | None = None) -> int:
    """Keep a new version and return its number."""
    if hashlib.sha256(model).hexdigest() != checksum:
        raise ValueError("the model is not what the checksum says")
    manifest = _manifest()
    if parent is not None:
        _version(manifest, parent)
    number = max(map(int, manifest["versions"]), default=0) + 1
    files.write(_name(number), model)
    manifest["versions"][str(number)] = {"checksum": checksum, "parent": parent}
    _replace(manifest)
    return number


def versions() -> list[int]:
    """All versions, the oldest first."""
    return sorted(map(int, _manifest()["versions"]))


def lineage(number: int) -> list[int]:
    """The version, the one that it was trained on from, that one's, and so on."""
    manifest, found = _manifest(), [number]
    while (parent := _version(manifest, found[-1])["parent"]) is not None:
        found.append(parent)
    return found


def promote(number: int) -> None:
    """Serve version *number* from now on."""
    manifest = _manifest()
    _verified(manifest, number)
    if manifest["served"][-1:] != [number]:
        manifest["served"].append(number)
        _replace(manifest)


def rollback() -> int:
    """Serve again what was served before the present version, and return its number."""
    manifest = _manifest()
    if len(manifest["served"]) < 2:
        raise LookupError("nothing was served before")
    manifest["served"].pop()
    _replace(manifest)
    return manifest["served"][-1]


def serving() -> tuple[int, bytes] | None:
    """The version that is served, and its bytes; None as long as none was promoted."""
    manifest = _manifest()
    if not manifest["served"]:
        return None
    number = manifest["served"][-1]
    return number, _verified(manifest, number)


def _name(number: int) -> str:
    return f"models/{number}/model"


def _version(manifest: dict[str, Any], number: int) -> dict[str, Any]:
    if str(number) not in manifest["versions"]:
        raise LookupError(f"there is no version {number}")
    return manifest["versions"][str(number)]


def _verified(manifest: dict[str, Any], number: int) -> bytes:
    """The bytes of a version. Raises ValueError when they are not what was published."""
    checksum = _version(manifest, number)["checksum"]
    model = files.read(_name(number))
    if hashlib.sha256(model).hexdigest() != checksum:
        raise ValueError(f"version {number} is damaged")
    return model


def _manifest() -> dict[str, Any]:
    try:
        return json.loads(files.read(MANIFEST))
    except FileNotFoundError:
        return {"versions": {}, "served": []}


def _replace(manifest: dict[str, Any]) -> None:
    """The one step from the old state to the new."""
    files.write(MANIFEST + ".new", json.dumps(manifest).encode())
    files.rename(MANIFEST + ".new", MANIFEST)
