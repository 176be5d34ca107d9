"""Training from a snapshot: read, fit, measured, registered, and nominated."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from greenroom.bank.models import Item
from greenroom.grading.fitting import curves, model
from greenroom.grading.fitting.examples import Example, Material, masked_anew, material, rubric_version
from greenroom.grading.fitting.folds import fold_of
from greenroom.grading.fitting.model import Bags, HeldOut, Setting
from greenroom.grading.fitting.provenance import git_commit, lock_hash
from greenroom.grading.fitting.report import report
from greenroom.grading.intake.declared import public_texts
from greenroom.grading.intake.manifests import Content
from greenroom.grading.intake.service import Snapshots
from greenroom.grading.monitoring.service import Monitor
from greenroom.grading.registry import claims
from greenroom.grading.registry.protocols import Floats
from greenroom.grading.registry.service import ModelRecord, Origin, Registry
from greenroom.grading.scoring.training import require_sklearn
from greenroom.grading.service import Grader
from greenroom.kernel.errors import ConflictError, InputError

FEWEST = 40
"""Examples, of which some are present and some are not."""
_TRIES = 3
_ERRORS = (0.05, 0.30)


@dataclass(frozen=True)
class Made:
    """A fitted model, not yet registered, and what it showed."""

    model: claims.ClaimModel
    report: Mapping[str, Any]


@dataclass
class Trainer:
    """Makes models of claims for one Greenroom, with the items of its packs and the encoder of its grader."""

    registry: Registry
    snapshots: Snapshots
    monitor: Monitor
    grader: Grader
    items: Sequence[Item]

    async def train(
        self, snapshot_id: str, now: datetime, *, seed: int = 0, name: str | None = None, challenger: bool = True,
        by: str | None = None,
    ) -> ModelRecord:  # fmt: skip
        """Train on a snapshot, register the model, and let it read beside the champion.

        Rows whose candidate was erased are not in it: if somebody is erased meanwhile, it is trained again. Raises
        NotFoundError for an unknown snapshot, InputError for too few rows or a *name* that cannot be, ConflictError
        for one that is taken, EnvironmentFault without scikit-learn.
        """
        await asyncio.to_thread(require_sklearn)
        name = name or f"claims-{now:%Y%m%d-%H%M%S}"
        await self.registry.require_free(name)
        content = await self.snapshots.read(snapshot_id)
        for _ in range(_TRIES):
            made = await asyncio.to_thread(self.fitted, content, name, seed)
            again = await self.snapshots.read(snapshot_id)
            if again.erased == content.erased:
                return await self._register(made, now, seed=seed, challenger=challenger, by=by)
            content = again
        raise ConflictError("candidates withdrew all the while", mend="try again")

    async def _register(self, made: Made, now: datetime, *, seed: int, challenger: bool, by: str | None) -> ModelRecord:
        about, version_ = made.model.about, made.model.version
        aliases = await self.registry.aliases()
        origin = Origin(
            snapshot=about["snapshot"],
            rubric=about["rubric"],
            parent=aliases.champion,
            seed=seed,
            lock_hash=about["lock_hash"],
            git_commit=about["git_commit"],
        )
        figures = {**made.report, "read_at": now.isoformat()}
        record = await self.registry.register(
            version_, claims.KIND, claims.to_bytes(made.model), origin=origin, metrics=figures, now=now
        )
        wrong = 1 - (made.report["model"]["accuracy_answered"]["value"] or 0.0)
        await self.monitor.begin(version_, (), float(np.clip(wrong, *_ERRORS)), now)
        if challenger:
            await self.registry.nominate(version_, now, by=by)
        return record

    def fitted(self, content: Content, name: str, seed: int) -> Made:
        """Fit a model called *name* on what can be read of a snapshot. Blocks."""
        encoder = self.grader.loaded_encoder()
        items = {item.slug: item for item in self.items}
        found = material(masked_anew(content, public_texts(self.items)), items, encoder)
        _enough(found)
        about = {
            "snapshot": content.id,
            "manifest_sha256": content.sha256,
            "rubric": rubric_version(self.items),
            "seed": seed,
            "lock_hash": lock_hash(),
            "git_commit": git_commit(),
            "versions": _versions(),
        }
        return fit_and_measure(found, name, self.grader.encoder, seed, about | {"erased_rows": content.erased})


def _enough(found: Material) -> None:
    good = sum(one.present for one in found.examples)
    if len(found.examples) < FEWEST or not 0 < good < len(found.examples):
        what = f"{len(found.examples)} rows to learn from, {good} of them present"
        reasons = "; ".join(f"{count} {why}" for why, count in found.not_used.items())
        raise InputError(
            f"{what}{f' (not used: {reasons})' if reasons else ''}", mend=f"give {FEWEST} or more, of both sorts"
        )


def fit_and_measure(found: Material, name: str, encoder: str, seed: int, about: Mapping[str, Any]) -> Made:
    """Choose the penalty, calibrate, fit on everything, and measure on what the fits of the folds have not seen.

    On one thread: the fits are small, and a server goes on answering meanwhile.
    """
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    with threadpool_limits(1):
        return _fit_and_measure(found, name, encoder, seed, about)


def _fit_and_measure(found: Material, name: str, encoder: str, seed: int, about: Mapping[str, Any]) -> Made:
    bags = Bags.of(found.examples)
    questions, candidates = _groups(found.examples)
    settings = [Setting(c, l1_ratio) for l1_ratio in model.L1_RATIOS for c in model.C_PATH]
    tried = [model.held_out(bags, questions, candidates, one, seed) for one in settings]
    best = min(tried, key=lambda one: _loss(one, bags))
    tested = np.flatnonzero(np.isfinite(best.odds))
    slope, offset = model.platt(best.odds[tested], bags.present[tested])
    whole = model.fit(bags, best.setting, seed)
    made = claims.claim_model(
        name, encoder, whole.centre, whole.scale, slope * whole.weights, slope * whole.intercept + offset, about
    )
    learning = curves.learning_curve(bags, questions, candidates, best.setting, seed)
    told = curves.judged(learning, curves.validation_curve(tried, best.setting.l1_ratio))
    examples = [found.examples[row] for row in tested]
    shares = _cross_calibrated(best.odds[tested], bags.present[tested], [questions[row] for row in tested])
    figures = report(examples, shares, present=made.present, unsure=made.unsure, seed=seed)
    told_of = {
        "setting": asdict(best.setting),
        "weights_used": int((np.abs(whole.weights) > 0).sum()),
        "not_used": dict(found.not_used),
        "candidates_trained_on": found.candidates,
        "vocabulary": 0,
        "curves": told.as_json(),
        "folds": [_rounded(asdict(one)) for one in best.folds],
        "path": [
            _rounded({**asdict(one.setting), "train": one.train_f1, "valid": one.valid_f1, "loss": _loss(one, bags)})
            for one in tried
        ],
        **figures,
    }
    kept = replace(made, about=dict(about) | {"setting": told_of["setting"], "curves": told_of["curves"]})
    return Made(kept, told_of)


def _rounded(values: Mapping[str, float]) -> dict[str, float | None]:
    return {name: round(one, 4) if np.isfinite(one) else None for name, one in values.items()}


def _groups(examples: Sequence[Example]) -> tuple[list[str], list[str]]:
    return [one.item for one in examples], [one.candidate for one in examples]


def _loss(one: HeldOut, bags: Bags) -> float:
    """The loss of a setting after calibration; a setting that tested nothing is the last choice."""
    tested = np.isfinite(one.odds)
    if not tested.any():
        return float("inf")
    slope, offset = model.platt(one.odds[tested], bags.present[tested])
    return model.log_loss(slope * one.odds[tested] + offset, bags.present[tested])


def _cross_calibrated(odds: Floats, present: Any, questions: Sequence[str]) -> Floats:
    """Probabilities by a calibration that has not seen the question, for the report."""
    parts = fold_of(questions, 5)
    found = np.zeros(len(odds))
    for part in np.unique(parts):
        test = parts == part
        train = ~test if (~test).any() else test
        slope, offset = model.platt(odds[train], present[train])
        found[test] = 1 / (1 + np.exp(-np.clip(slope * odds[test] + offset, -60, 60)))
    return found


def _versions() -> dict[str, str]:
    found = {}
    for name in ("greenroom", "numpy", "scikit-learn"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found
