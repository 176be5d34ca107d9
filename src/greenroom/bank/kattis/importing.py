"""From problem packages to items: each package is kept whole in `judge/package/`, the item's other files are
written."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import yaml

from greenroom.bank.kattis.cases import GroupSettings
from greenroom.bank.kattis.files import Files, is_hidden
from greenroom.bank.kattis.package import Package, Submission
from greenroom.bank.kattis.prompts import prompt
from greenroom.bank.kattis.timing import wall_limit
from greenroom.bank.models import Topic
from greenroom.bank.source import PackError, Problem
from greenroom.kernel.errors import ConflictError

TAG = "imported-problems"
TOPIC = Topic.dsa

_MINUTES = 45
_DISK_MB = 64
_WORTH = 10.0
_PROCESSES = 64
_MOST_BYTES = 16 << 30
_MOST_SHOWN_SOURCE = 12_000
_KEPT_HIDDEN = {".timelimit"}
_WORDS = re.compile(r"[a-z0-9]+")
_UUID_LINE = re.compile(r"^uuid:\s*['\"]?([0-9a-fA-F-]{36})", re.MULTILINE)
_PACKAGE_LINE = re.compile(r"^  package: true$", re.MULTILINE)
_LIMITS_LINE = re.compile(r"^  (cpu_s|wall_s): .*$", re.MULTILINE)


@dataclass(frozen=True)
class Imported:
    """One package that became an item: its slug and folder, and what of it is not used."""

    slug: str
    folder: Path
    package: Package
    notes: tuple[Problem, ...] = ()


def pack_files(pack: Path, packages: Sequence[Package]) -> dict[Path, str]:
    """`pack.yaml` and `concepts.yaml` of a pack that has none."""
    licences = sorted({package.license for package in packages})
    head = {
        "id": slug_of(pack.name),
        "title": "Imported problems",
        "version": "1.0.0",
        "licence": licences[0] if len(licences) == 1 else "that of each problem",
        "locale": "en",
    }
    return {pack / "pack.yaml": _yaml(head), pack / "concepts.yaml": _yaml({TAG: {"topic": TOPIC.value}})}


def slug_of(name: str) -> str:
    """A slug made of *name*."""
    return "-".join(_WORDS.findall(name.lower()))[:60].strip("-") or "problem"


def slugs(packages: Sequence[Package]) -> list[str]:
    """A slug for each of *packages*: of those that would have the same one, the later ones get a number."""
    taken: set[str] = set()
    chosen = []
    for package in packages:
        base = slug_of(package.short_name)
        slug = next(one for one in (base, *(f"{base}-{n}" for n in range(2, len(packages) + 2))) if one not in taken)
        taken.add(slug)
        chosen.append(slug)
    return chosen


def item_folder(pack: Path, slug: str) -> Path:
    """Where the item called *slug* lies in *pack*."""
    return pack / "items" / TOPIC.value / slug


def taken_uuids(pack: Path) -> dict[str, str]:
    """The UUIDs of the items in *pack*, each with its item's slug."""
    found = {}
    for head in sorted(pack.glob("items/*/*/item.yaml")):
        line = _UUID_LINE.search(head.read_text("utf-8", errors="replace"))
        if line is not None:
            found[line[1].lower()] = head.parent.name
    return found


def uuid_of(package: Package, slug: str, taken: Mapping[str, str] | None = None) -> UUID:
    """The item's UUID: the package's own unless another item has *taken* it, else one that follows from its name.

    Packages that were begun as copies of each other often keep the same one.
    """
    if package.uuid and slug == slug_of(package.short_name) and (taken or {}).get(package.uuid, slug) == slug:
        return UUID(package.uuid)
    return uuid5(NAMESPACE_URL, f"problem-package:{slug}:{package.source}:{package.title}")


def write_item(
    pack: Path, slug: str, package: Package, within: Path | None = None, taken: dict[str, str] | None = None
) -> Imported:
    """Write the item of *package*, read from the archive *within*, into *pack* as *slug*, in place of an earlier one.

    Its UUID is added to those *taken*.

    The folder appears whole or not at all. Its time limit is provisional where the package states none
    (`set_time_limit`). Raises ConflictError where the folder holds another item, PackError where a file cannot be read.
    """
    folder = item_folder(pack, slug)
    uuid = uuid_of(package, slug, taken)
    refuse_another(folder, uuid)
    if taken is not None:
        taken[str(uuid)] = slug
    folder.parent.mkdir(parents=True, exist_ok=True)
    text, why = prompt(package)
    notes = list(package.unsupported)
    if why is not None and package.statements:
        notes.append(Problem(f"{package.short_name}/problem_statement", why, "read it in judge/package"))
    with tempfile.TemporaryDirectory(prefix=".import-", dir=folder.parent) as scratch:
        made = Path(scratch) / "item"
        _copy(package.folder, made / "judge" / "package", within)
        for name, content in _texts(package, uuid, text).items():
            path = made / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        if folder.exists():
            folder.rename(Path(scratch) / "before")
        made.rename(folder)
    return Imported(slug, folder, package, tuple(notes))


def set_time_limit(folder: Path, seconds: float, python_s: float | None = None) -> None:
    """Write the time limit of *seconds*, and Python's own, into the `item.yaml` in *folder*."""
    path = folder / "item.yaml"
    values = _time_limits(seconds)
    text = _LIMITS_LINE.sub(lambda found: f"  {found[1]}: {values[found[1]]:g}", path.read_text("utf-8"))
    if python_s is not None:
        text = _PACKAGE_LINE.sub(lambda found: f"{found[0]}\n  python_cpu_s: {python_s:g}", text)
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def refuse_another(folder: Path, uuid: UUID) -> None:
    """Raise ConflictError when *folder* holds something else than the item *uuid*."""
    head = folder / "item.yaml"
    if not folder.exists():
        return
    if head.is_file() and str(uuid) in head.read_text("utf-8", errors="replace"):
        return
    raise ConflictError(f"{folder} holds another item", mend="name another pack with --out, or rename one of the two")


def _is_kept(name: str) -> bool:
    return not is_hidden(name) or name in _KEPT_HIDDEN


def _copy(source: Path, target: Path, within: Path | None) -> None:
    """Copy the package; links become what they lead to, and those that the reader did not follow are left out."""
    files = Files(source, within=within)

    size = 0

    def skipped(folder: str, names: list[str]) -> Iterable[str]:
        nonlocal size
        kept = files.to_copy(Path(folder), [name for name in names if _is_kept(name)])
        size += sum(path.stat().st_size for path in kept if path.is_file())
        if size > _MOST_BYTES:
            large = f"its files, links followed, are more than {_MOST_BYTES >> 30} GB"
            raise PackError([Problem(str(source), large, "keep what is no part of the problem elsewhere")])
        return set(names).difference(path.name for path in kept)

    try:
        shutil.copytree(source, target, ignore=skipped)
    except (OSError, shutil.Error) as error:
        raise PackError([Problem(str(source), f"cannot be copied: {error}", "mend its permissions")]) from None
    for path, folders, names in os.walk(target):
        for name in (*folders, *names):
            inner = Path(path) / name
            inner.chmod(0o755 if inner.is_dir() or os.access(inner, os.X_OK) else 0o644)


def _texts(package: Package, uuid: UUID, prompt_text: str) -> dict[str, str]:
    points = _points(package)
    return {
        "item.yaml": _yaml(_head(package, uuid, points)),
        "prompt.md": prompt_text,
        "hints.md": "## Hint 1 (5 %)\n\nWork the samples by hand, then the smallest and the largest input allowed.\n",
        "debrief.md": _debrief(package),
        "interviewer.md": _interviewer(points),
        "starter/solution.py": "import sys\n\n\ndef main() -> None:\n    data = sys.stdin.read().split()\n\n\nmain()\n",
    }


def _head(package: Package, uuid: UUID, points: list[dict[str, Any]]) -> dict[str, Any]:
    title = " ".join(package.title.split())[:80]
    seconds = package.limits.time_limit or 60.0
    return {
        "uuid": str(uuid),
        "version": 1,
        "title": title if len(title) >= 3 else f"Problem {title}",
        "kind": "code",
        "tags": [TAG],
        "covers": [],
        "minutes": _MINUTES,
        "difficulty": {"b": 0.0, "error": 1.5},
        "limits": {
            **_time_limits(seconds),
            "memory_mb": max(32, min(package.limits.memory, 4096)),
            "processes": _PROCESSES,
            "output_kb": max(1, min(65536, 1024 * package.limits.output)),
            "disk_mb": _DISK_MB,
        },
        "code": {"form": "program", "package": True},
        "rubric": points,
    }


def _time_limits(seconds: float) -> dict[str, float]:
    cpu_s = max(0.05, min(seconds, 300.0))
    return {"cpu_s": cpu_s, "wall_s": wall_limit(cpu_s)}


def _points(package: Package) -> list[dict[str, Any]]:
    groups = _scored_groups(package)
    if not groups:
        what = "The score of the whole" if package.scoring else "Every test case passes"
        return [_point("solved", what, "all", _WORTH)]
    total = sum(most for _, most in groups)
    return [
        _point(f"group-{place}", f"Test data group {name.rpartition('/')[2]}", name, round(_WORTH * most / total, 4))
        for place, (name, most) in enumerate(groups, start=1)
    ]


def _scored_groups(package: Package) -> list[tuple[str, float]]:
    """The groups below `secret` with what each is worth, where the score is their sum; empty elsewhere."""
    settings = package.secret.settings
    if not package.scoring or package.minimize:
        return []
    if isinstance(settings, GroupSettings):
        if settings.score_aggregation != "sum":
            return []
        worth = [
            (group.name, float(group.settings.max_score or 0))
            for group in package.secret.groups
            if isinstance(group.settings, GroupSettings)
        ]
    else:
        flags = settings.grader_flags
        if settings.grading != "default" or {"min", "max", "avg"} & set(flags):
            return []
        worth = [
            (group.name, float(group.settings.range[1]))
            for group in package.secret.groups
            if not isinstance(group.settings, GroupSettings)
        ]
    sound = len(worth) > 1 and all(isfinite(most) and most > 0 for _, most in worth)
    return worth if sound else []


def _point(name: str, title: str, measured: str, worth: float) -> dict[str, Any]:
    return {
        "id": name,
        "points": worth,
        "title": title,
        "measure": {"score": measured},
        "follow_up": {
            "ask": "How does the running time of your solution grow with the size of the input, and why?",
            "claim": "The running time is stated as a function of the input's size, with the reason for it.",
            "recovers": 0.05,
        },
    }


def _debrief(package: Package) -> str:
    facts = {
        "Source": package.source,
        "Author": package.author,
        "Licence": package.license,
        "Rights": package.rights_owner,
    }
    lines = [f"- {name}: {value}" for name, value in facts.items() if value]
    parts = [f"# {package.title}", "\n".join(lines), *_shown_solution(package)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _shown_solution(package: Package) -> Iterable[str]:
    solution = _to_show(package.submissions)
    if solution is None:
        return
    content = solution.files[0].read_bytes()
    if len(content) <= _MOST_SHOWN_SOURCE:
        text = content.decode("utf-8", "replace").rstrip().replace("```", "'''")
        yield f"One of its accepted submissions, `{solution.name}`:\n\n```{solution.language}\n{text}\n```"


def _to_show(submissions: Sequence[Submission]) -> Submission | None:
    """An accepted submission of one file: a model solution before others, Python before other languages."""
    good = [one for one in submissions if one.directory == "accepted" and len(one.files) == 1 and one.language]
    return min(good, key=lambda one: (not one.model_solution, one.language != "python", one.name), default=None)


def _interviewer(points: list[dict[str, Any]]) -> str:
    follow_ups = "\n".join(f"- `{point['id']}`: {point['follow_up']['ask']}" for point in points)
    return (
        "## Probes\n\n- Which inputs are the largest, and what does your program do with them?\n"
        "- Which inputs are special: empty, equal, negative, sorted?\n\n"
        "## Anchors\n\n- weak: passes the samples alone\n- sound: right, too slow for some inputs\n"
        "- strong: right within the limits, and says why\n\n"
        f"## Follow-ups\n\n{follow_ups}\n"
    )


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)
