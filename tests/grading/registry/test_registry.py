"""The registry: files before rows, aliases that move as one, and a champion whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.grading.models import linear_model

from greenroom.grading.registry.artefacts import LARGEST, Artefacts
from greenroom.grading.registry.errors import AliasMoved, ArtefactRefused, ModelUnknown, NotProven
from greenroom.grading.registry.linear import KIND, to_bytes
from greenroom.grading.registry.rules import Check, Verdict
from greenroom.grading.registry.service import Aliases, Origin, Registry
from greenroom.kernel.errors import ConflictError, GreenroomError, InputError
from greenroom.platform.database import Database

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOOD_VERDICT = Verdict((Check("all", True, "met"),))
STEPS = (
    "begun", "file written", "file read back", "row written", "row committed",
    "move begun", "previous moved", "champion moved", "move written", "move committed",
)  # fmt: skip


def registry_in(database: Database, folder: Path, on_step: Callable[[str], None] = lambda _: None) -> Registry:
    return Registry(database, Artefacts(folder / "models"), on_step=on_step)


async def add(registry: Registry, version: str, *, seed: int = 0, now: datetime = NOW) -> None:
    origin = Origin(snapshot="s1", seed=seed, lock_hash="l", git_commit="g", parent="p", rubric="r")
    content = to_bytes(linear_model(version, seed=seed))
    await registry.register(version, KIND, content, origin=origin, metrics={"macro_f1": 0.8}, now=now)


async def crown(registry: Registry, version: str, champion: str | None = None) -> None:
    await registry.nominate(version, NOW)
    await registry.promote(version, GOOD_VERDICT, NOW, champion=champion, by=None)


@pytest.fixture
async def registry(database: Database, tmp_path: Path) -> Registry:
    return registry_in(database, tmp_path)


async def test_a_model_is_stored_with_where_it_comes_from(registry: Registry) -> None:
    await add(registry, "first", seed=3)
    record = await registry.get("first")
    assert record.origin == Origin("s1", "r", "p", 3, "l", "g")
    assert record.metrics == {"macro_f1": 0.8}
    assert record.created_at == NOW
    assert registry.load(record).version == "first"
    assert [one.version for one in await registry.every()] == ["first"]
    with pytest.raises(ConflictError, match="first already"):
        await add(registry, "first")
    with pytest.raises(ModelUnknown):
        await registry.get("second")


@pytest.mark.parametrize("version", ["", "../up", "a b", "x" * 65, ".hidden"])
async def test_a_version_that_cannot_be_is_refused(registry: Registry, version: str) -> None:
    with pytest.raises(InputError):
        await add(registry, version)
    assert await registry.every() == []


async def test_what_cannot_be_loaded_never_gets_a_row(registry: Registry) -> None:
    for kind, content in ((KIND, b"{}"), ("pickle", b"x"), (KIND, b""), (KIND, to_bytes(linear_model("other")))):
        with pytest.raises(GreenroomError):
            await registry.register("one", kind, content, origin=Origin(), metrics={}, now=NOW)
    left = [path.read_bytes() for path in registry.artefacts.folder.iterdir()]
    assert left == [to_bytes(linear_model("other"))]  # a model, under another version; what is none was removed
    with pytest.raises(InputError):
        registry.artefacts.write(bytes(LARGEST + 1))
    assert await registry.every() == []


async def test_promotion_and_rollback_move_aliases(registry: Registry) -> None:
    await add(registry, "first")
    await add(registry, "second", seed=1)
    assert await registry.aliases() == Aliases()
    await crown(registry, "first")
    await crown(registry, "second", "first")
    assert await registry.aliases() == Aliases("second", None, "first")
    began = time.perf_counter()
    assert await registry.roll_back(NOW, by=None, reason="errors") == "first"
    took = time.perf_counter() - began
    assert await registry.aliases() == Aliases("first", None, None)
    assert await registry.roll_back(NOW, by=None, reason="again") is None
    assert await registry.aliases() == Aliases()
    with pytest.raises(ConflictError, match="comes with Greenroom"):
        await registry.roll_back(NOW, by=None, reason="once more")
    assert took < 1.0
    sorts = [one["sort"] for one in await registry.history()]
    assert sorted(sorts) == ["nominate", "nominate", "promote", "promote", "rollback", "rollback"]


async def test_nothing_is_promoted_unproven_or_over_another_champion(registry: Registry) -> None:
    await add(registry, "first")
    await add(registry, "second", seed=1)
    await registry.nominate("first", NOW)
    with pytest.raises(NotProven, match="shadow: 3"):
        bad = Verdict((Check("shadow", False, "3 answers"),))
        await registry.promote("first", bad, NOW, champion=None, by=None)
    with pytest.raises(AliasMoved):
        await registry.promote("first", GOOD_VERDICT, NOW, champion="second", by=None)
    with pytest.raises(AliasMoved):
        await registry.promote("second", GOOD_VERDICT, NOW, champion=None, by=None)
    with pytest.raises(ModelUnknown):
        await registry.nominate("third", NOW)
    assert await registry.aliases() == Aliases(challenger="first")


async def test_of_many_that_roll_back_at_once_one_does(registry: Registry) -> None:
    await add(registry, "first")
    await add(registry, "second", seed=1)
    await crown(registry, "first")
    await crown(registry, "second", "first")
    tries = [registry.roll_back(NOW, by=None, reason="errors", champion="second") for _ in range(6)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["AliasMoved"] * 5 + ["str"]
    assert (await registry.aliases()).champion == "first"


@pytest.mark.parametrize("fault", ["changed", "shortened", "gone"])
async def test_a_file_that_is_not_what_was_registered_is_refused(registry: Registry, fault: str) -> None:
    await add(registry, "first")
    record = await registry.get("first")
    path = registry.artefacts.folder / record.artefact.file
    content = path.read_bytes()
    if fault == "gone":
        path.unlink()
    else:
        path.write_bytes(content.replace(b"0", b"1", 1) if fault == "changed" else content[:-1])
    with pytest.raises(ArtefactRefused):
        registry.load(record)


async def test_pruning_keeps_what_an_alias_names_and_what_is_new(registry: Registry) -> None:
    for number in range(5):
        await add(registry, f"m{number}", seed=number, now=NOW + timedelta(hours=number))
    await crown(registry, "m0")
    folder = registry.artefacts.folder
    old, young = folder / "0.model", folder / "1.model"
    for path in (old, young):
        path.write_bytes(b"x")
    later = datetime.now(UTC) + timedelta(minutes=1)
    os.utime(old, (later.timestamp() - 7200, later.timestamp() - 7200))
    models, files = await registry.prunable(later, keep=2)
    assert ([one.version for one in models], files) == (["m2", "m1"], [old])
    assert len(await registry.every()) == 5
    versions, names = await registry.prune(later, keep=2)
    assert (versions, len(names)) == (["m2", "m1"], 3)
    assert {one.version for one in await registry.every()} == {"m0", "m3", "m4"}
    assert registry.load(await registry.get("m0")).version == "m0"
    assert not old.exists()
    assert young.exists()


@pytest.fixture
async def seeded(database_file: Path, tmp_path: Path) -> Path:
    database = Database(database_file)
    registry = registry_in(database, tmp_path)
    await add(registry, "first")
    await crown(registry, "first")
    await database.close()
    return tmp_path


@pytest.mark.parametrize("step", STEPS)
async def test_a_crash_at_any_step_leaves_a_champion_that_loads(seeded: Path, step: str) -> None:
    script = Path(__file__).with_name("crash.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), *sys.path])}
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(script), str(seeded), step],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    database = Database(seeded / "greenroom.db")
    registry = registry_in(database, seeded)
    champion = (await registry.aliases()).champion
    assert champion == ("second" if step == "move committed" else "first")
    assert registry.load(await registry.get(champion)).version == champion
    for record in await registry.every():  # a row is never without its file
        assert registry.load(record).version == record.version
    if champion == "first":  # and what was begun can be done again
        if "second" not in {one.version for one in await registry.every()}:
            await add(registry, "second", seed=2)
        await crown(registry, "second", "first")
    assert await registry.aliases() == Aliases("second", None, "first")
    await database.close()
