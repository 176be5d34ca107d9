"""The environments that an item's code may ask for, as far as their libraries are installed beside Greenroom.

`plain` is the standard library. For the others a sandbox sees the folders and files of their libraries, and of what
those require, one by one: never a whole site-packages folder, in which Greenroom itself lies with the examiner's side
of every pack. Nothing is imported here, and no `.pth` file is followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import greenroom
from greenroom.bank.base import EnvironmentName

DISTRIBUTIONS: Mapping[EnvironmentName, tuple[str, ...]] = {
    "plain": (),
    "web": (
        "fastapi",
        "starlette",
        "django",
        "sqlalchemy",
        "greenlet",
        "httpx",
        "httpx2",
        "pg8000",
        "pyjwt",
        "python-multipart",
    ),
    "ml": ("numpy", "pandas", "scikit-learn"),
}
"""What each environment offers, by the names under which it is installed; the extras of `pyproject.toml` say the same.

What an extra of one of them would bring has to be named here (greenlet is SQLAlchemy's for asyncio).
"""

_OWN = Path(greenroom.__file__).resolve().parent

HIDDEN = _OWN.parent
"""Where Greenroom lies, and packs that are installed beside it: of that a sandbox sees the libraries it is given alone.

It matters where Greenroom is installed for the very interpreter that runs inside, whose library is brought as a whole.
"""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Environment:
    """One environment as it is installed here.

    `paths` are the folders and files of its libraries, `versions` those of the distributions that it is named for.
    """

    name: EnvironmentName
    paths: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


PLAIN = Environment("plain")


class MissingError(Exception):
    """An environment is not installed; the message says what is missing and how to install it."""


@lru_cache(maxsize=8)
def find(name: EnvironmentName) -> Environment:
    """The environment *name*. Raises MissingError; after an installation it is found without a restart."""
    wanted = DISTRIBUTIONS[name]
    found = {one: _distribution(one) for one in wanted}
    missing = [one for one, distribution in found.items() if distribution is None or not _units(distribution)]
    if missing:
        raise MissingError(
            f"the environment {name!r} is not installed: {', '.join(missing)} missing; {installation(name)}"
        )
    distributions = _closure(wanted)
    paths = dict.fromkeys(str(path) for one in distributions for path in _units(one))
    versions = tuple((one, distribution.version) for one, distribution in found.items() if distribution is not None)
    return Environment(name, tuple(paths), versions)


def installation(name: EnvironmentName) -> str:
    """What to do when *name* is not installed."""
    return f"install it with `pip install 'greenroom[{name}]'` or `uv pip install 'greenroom[{name}]'`"


def _distribution(name: str) -> metadata.Distribution | None:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return None


def _closure(names: tuple[str, ...]) -> list[metadata.Distribution]:
    """The distributions *names* and all installed ones that they require, each once; never Greenroom."""
    waiting, found = list(names), dict[str, metadata.Distribution]()
    seen = {"greenroom"}
    while waiting:
        name = _normal(waiting.pop(0))
        if name in seen:
            continue
        seen.add(name)
        distribution = _distribution(name)
        if distribution is not None:
            found[name] = distribution
            waiting += _requirements(distribution)
    return list(found.values())


def _requirements(distribution: metadata.Distribution) -> Iterator[str]:
    """What *distribution* requires by itself. A requirement for another system is not installed, and so left out."""
    for text in distribution.requires or ():
        required, _, condition = text.partition(";")
        name = _NAME.match(required.strip())
        if name is not None and "extra" not in condition:
            yield name.group()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _root(distribution: metadata.Distribution) -> Path:
    return Path(str(distribution.locate_file(""))).absolute()


def _units(distribution: metadata.Distribution) -> list[Path]:
    """The folders and files right below its root that its list of files names: packages, modules, shared libraries.

    Empty for one that was installed without such a list, or as a link to its source.
    """
    root = _root(distribution)
    names = dict.fromkeys(file.parts[0] for file in distribution.files or () if _is_below(file))
    units = [root / name for name in names if (root / name).exists() and not _is_ours(root / name)]
    return units if any(unit.suffix != ".dist-info" for unit in units) else []


def _is_below(file: metadata.PackagePath) -> bool:
    """Whether *file* lies below the root and is of use there: scripts do not, bytecode and `.pth` files are not."""
    first = file.parts[0]
    return not (file.is_absolute() or first in ("..", "__pycache__") or first.endswith(".pth"))


def _is_ours(path: Path) -> bool:
    """Whether there is anything of Greenroom's in *path*, or it in Greenroom's."""
    real = path.resolve()
    return real == _OWN or _OWN in real.parents or real in _OWN.parents or path.name == "greenroom"
