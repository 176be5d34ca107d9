"""A Greenroom whose grader has been at work: a training with its report, a watch that alarms, and a log of answers."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert
from tests.grading.models import linear_model
from tests.grading.people import add_submissions

from greenroom.grading.monitoring import queries
from greenroom.grading.monitoring.betting import ErrorRise
from greenroom.grading.monitoring.looking import score_state, with_day, with_scores
from greenroom.grading.monitoring.tables import retrainings
from greenroom.grading.registry.artefacts import Artefacts
from greenroom.grading.registry.linear import KIND, to_bytes
from greenroom.grading.registry.service import Origin, Registry
from greenroom.grading.service import Grader
from greenroom.grading.serving.builtin import Builtin
from greenroom.grading.serving.tables import labels, predictions
from greenroom.kernel.ids import new_id
from greenroom.platform.database import Database

VERSION = "claims-with-a-long-name-and-many-words-20260302-090000"


def _figure(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.02, "high": value + 0.02}


def report() -> dict[str, Any]:
    """What a training leaves behind, as `Trainer` stores it."""
    shares = ("accuracy", "macro_f1", "precision:present", "recall:present", "f1:present")
    rest = ("brier", "ece", "accuracy_at_50", "abstained", "accuracy_answered")
    path = [{"c": c, "l1_ratio": ratio} for ratio in (0.0, 1.0) for c in (0.003, 0.03, 0.3, 3.0)]
    curve = ((0.78, 0.77), (0.92, 0.86), (0.95, 0.88), (0.96, 0.85))
    return {
        "setting": {"c": 0.3, "l1_ratio": 1.0},
        "weights_used": 19,
        "not_used": {"reserved for trials": 264, "no such point": 3},
        "candidates_trained_on": 41,
        "curves": {
            "learning": [
                {"at": at, "train": train, "valid": valid}
                for at, train, valid in ((240, 0.97, 0.81), (480, 0.96, 0.84), (720, 0.955, 0.86), (965, 0.95, 0.88))
            ],
            "validation": [{"at": one["c"], "train": a, "valid": b} for one, (a, b) in zip(path, curve, strict=False)],
            "verdict": "variance",
            "said": "macro-F1 0.950 on what was seen, 0.880 on what was not: more answers of more candidates, "
            "or a stronger penalty, would help; it still rises with more answers",
        },
        "folds": [{"train": 640 + at, "valid": 161, "train_f1": 0.95, "valid_f1": 0.88} for at in range(9)],
        "path": [one | {"train": 0.95, "valid": 0.88, "loss": 0.31} for one in path],
        "examples": 1448,
        "questions": 53,
        "writers": 41,
        "model": {name: _figure(0.9) for name in shares} | {name: _figure(0.1) for name in rest},
        "lexical": {name: _figure(0.7) for name in shares},
        "majority": {name: _figure(0.5) for name in shares},
        "families": {"jwt": {"examples": 700, "macro_f1": 0.91}, "ml-systems": {"examples": 2, "macro_f1": None}},
        "totals": {"answers": 240}
        | {name: _figure(0.2) for name in ("pearson_r", "rmse", "mae", "mse", "quadratic_kappa")},
        "read_at": "2026-03-02T09:00:00+00:00",
    }


async def fill(database: Database, models: Path, now: datetime) -> None:
    """Put all of it into a database with the newest schema."""
    origin = Origin("0198c2f4-7c1e-7a55-9a3c-3f1f2f6f7a10", "f" * 64, None, 3, "a" * 64, "b" * 40)
    registry = Registry(database, Artefacts(models))
    await registry.register(
        VERSION, KIND, to_bytes(linear_model(VERSION)), origin=origin, metrics=report(), now=now - timedelta(days=1)
    )
    version = Builtin(Grader()).version
    references = await add_submissions(database, 90, now, prefix="watched")
    async with database.write() as connection:
        watch = {"version": version, "seen_until": now}
        await queries.set_watch(connection, {"name": "scores", "state": _scores(now), **watch})
        rise = ErrorRise(0.1)
        rise.see([0.0, 1.0, 0.5] * 8)
        await queries.set_watch(connection, {"name": "errors", "state": rise.as_json(), **watch})
        rows = [_row(at, one.submission_id, version, now) for at, one in enumerate(references)]
        await connection.execute(insert(predictions), rows)
        said = [("audit", "absent"), ("override", "contradicted")]
        await connection.execute(insert(labels), [_label(at, one, now) for at, one in enumerate(said)])
        why = [{"code": "labels", "said": "412 new labels (300 are enough)"}]
        asked = {"id": "asked", "version": version, "reasons": why, "asked_at": now - timedelta(days=3)}
        await connection.execute(insert(retrainings), [asked | {"due_at": now + timedelta(days=9), "done_at": None}])


def fill_beside(address: Path, models: Path) -> None:
    """The same for a server that runs on *address*; may be called where an event loop runs."""

    async def run() -> None:
        database = Database(address)
        try:
            await fill(database, models, datetime.now(UTC))
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def _scores(now: datetime) -> dict[str, Any]:
    rng = np.random.default_rng(5)
    state = score_state(list(map(float, rng.beta(4, 2, size=2_000))))
    for day in range(40, 0, -1):
        drawn = rng.beta(4, 2 if day > 12 else 3, size=60)
        state = with_scores(state, [(f"{day}/{at}", float(one)) for at, one in enumerate(drawn)])
        state = with_day(state, f"{now - timedelta(days=day):%Y-%m-%d}", 1.0 + 0.02 * day)
    return state | {"look": {"score_psi": 0.031, "score_psi_threshold": 0.022, "text_mmd_p": 0.215}}


def _row(at: int, submission: str, version: str, now: datetime) -> dict[str, Any]:
    moment, failed = now - timedelta(hours=3 * at), at % 30 == 7
    said = {"state": "present" if at % 3 else "unsure", "score": 0.3 + 0.007 * at, "confidence": 0.87}
    return {
        "id": new_id(moment),
        "submission_id": submission,
        "round_id": submission,
        "cluster": submission,
        "item": "why-stateless",
        "point": "no-session",
        "version": version,
        "role": "champion",
        "features": "f" * 64,
        **({"state": None, "score": None, "confidence": None} if failed else said),
        "abstained": not failed and at % 3 == 0,
        "latency_ms": 4.0 + at % 9,
        "shadow_version": VERSION if at % 2 else None,
        "shadow_state": "absent" if at % 2 else None,
        "shadow_score": 0.2 if at % 2 else None,
        "audit": at in (0, 5),
        "created_at": moment,
    }


def _label(at: int, said: tuple[str, str], now: datetime) -> dict[str, Any]:
    source, state = said
    row = {"submission_id": f"watched{at}", "point": "no-session", "source": source, "state": state}
    return {"id": f"label{at}", "labelled_at": now, **row}
