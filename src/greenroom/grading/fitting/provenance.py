"""What a training depended on beside its data: the lock file, the commit, and the versions of what computed."""

from __future__ import annotations

import hashlib
import re
import subprocess
from importlib.metadata import distributions
from pathlib import Path

from greenroom import __version__

_CHECKOUT = Path(__file__).resolve().parents[4]
_LOCK = "requirements/run.txt"
_COMMIT = re.compile(r"[0-9a-f]{40}")


def lock_hash(checkout: Path = _CHECKOUT) -> str:
    """The SHA-256 of the lock file of a checkout; of an installed wheel, that of the list of what is installed."""
    lock = checkout / _LOCK
    try:
        content = lock.read_bytes()
    except OSError:
        content = "\n".join(installed()).encode()
    return hashlib.sha256(content).hexdigest()


def installed() -> list[str]:
    """What is installed, one `name==version` an entry, as a lock file has it."""
    return sorted({f"{str(one.name).lower()}=={one.version}" for one in distributions() if one.name})


def git_commit(checkout: Path = _CHECKOUT) -> str:
    """The commit of a checkout; of an installed wheel the version of Greenroom."""
    if not (checkout / ".git").exists() or not (checkout / "src" / "greenroom").is_dir():
        return f"greenroom-{__version__}"
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607
            cwd=checkout, capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return f"greenroom-{__version__}"
    found = done.stdout.strip()
    return found if _COMMIT.fullmatch(found) else f"greenroom-{__version__}"
