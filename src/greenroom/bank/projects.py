"""A candidate's project as it was handed in: files by path, checked against what the lab lets one change. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase

from greenroom.bank.models import Item, Kind

MOST_FILES = 64
MOST_BYTES = 512 * 1024
_MOST_PATH = 120


class ProjectError(ValueError):
    """The files are not an answer to this lab; the message says which one, and why."""


def editable(item: Item, path: str) -> bool:
    """Whether the candidate may change the starter's file *path*."""
    spec = item.head.lab
    return spec is not None and any(_matches(path, pattern) for pattern in spec.edit)


def _matches(path: str, pattern: str) -> bool:
    return pattern == "**" or fnmatchcase(path, pattern)


def assembled(item: Item, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The whole project: the starter, with the candidate's *files* in place of those that may be changed.

    A file that may not be changed counts as in the starter, whatever was sent for it. Raises ProjectError for what can
    be neither.
    """
    spec = item.head.lab
    assert spec is not None
    project = {path: text.encode("utf-8") for path, text in item.starter.items()}
    for path, content in files.items():
        if path in project:
            if editable(item, path):
                project[path] = content
        elif any(_matches(path, pattern) for pattern in spec.add) and _is_path(path):
            project[path] = content
        else:
            raise ProjectError(f"{path[:_MOST_PATH]!r} is no file of this project, and cannot be added to it")
    if len(project) > MOST_FILES or sum(map(len, project.values())) > MOST_BYTES:
        raise ProjectError(f"a project has at most {MOST_FILES} files and {MOST_BYTES // 1024} kB")
    return project


def _is_path(path: str) -> bool:
    parts = path.split("/")
    return len(path) <= _MOST_PATH and path.isprintable() and not any(part in ("", ".", "..") for part in parts)


def parsed(text: str) -> dict[str, bytes]:
    """The files in a submission's *text*: JSON, an object of path to text. Raises ProjectError."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not all(isinstance(content, str) for content in found.values()):
        raise ProjectError("a project is handed in as JSON: an object with a text for each path")
    try:
        return {str(path): content.encode("utf-8") for path, content in found.items()}
    except UnicodeEncodeError:
        raise ProjectError("a file is not text") from None


def written(files: Mapping[str, str]) -> str:
    """The text of a submission with *files*: what `parsed` reads."""
    return json.dumps(dict(sorted(files.items())), ensure_ascii=False, indent=0)


def first_draft(item: Item) -> str:
    """What stands in the answer's field at first: the project's files that may be changed, the starter, or nothing."""
    if item.kind.is_lab:
        return written({path: text for path, text in item.starter.items() if editable(item, path)})
    return item.starter.get("design.yaml" if item.kind is Kind.design else "solution.py", "")
