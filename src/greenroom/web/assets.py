"""Static files under a path that names their content, so that browsers may keep them for ever."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"


@cache
def tree_hash() -> str:
    """A hash of every static file's name and content."""
    digest = hashlib.sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(STATIC)).encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """The URL path of a static file; raises FileNotFoundError for one that is not there."""
    if not (STATIC / name).is_file():
        raise FileNotFoundError(f"no static file {name}; `make install` bundles the third-party ones")
    return f"/static/{tree_hash()}/{name}"


class HashedFiles(StaticFiles):
    """Serves the tree under its hash; other hashes are 404, so that no stale mix is ever served."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """The file behind `<hash>/<name>`."""
        prefix, _, name = path.partition("/")
        if prefix != tree_hash():
            return "", None
        return super().lookup_path(name)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A response that may be cached for a year."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response
