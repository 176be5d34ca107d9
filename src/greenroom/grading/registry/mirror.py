"""A copy of models and aliases on a user's MLflow server. Greenroom's own registry decides: nobody reads the copy."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from greenroom.grading.registry.service import Aliases, ModelRecord

log = structlog.get_logger(__name__)

NAME = "greenroom-grader"
"""The experiment and the registered model there."""
_VERSION = "greenroom.version"
_ALIASES = ("champion", "challenger", "previous")
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
}


class Mirror:
    """Copies to the MLflow server at *url*. Each pass makes what is missing there: a failed one can be repeated."""

    def __init__(self, url: str) -> None:
        self.url = url

    def copy(self, records: Sequence[ModelRecord], aliases: Aliases) -> bool:
        """Copy; whether it was done. Blocks. A server in trouble, or a missing package, is only logged."""
        try:
            self._copy(records, aliases)
        except ImportError:
            log.warning("models are not mirrored: install greenroom[mlflow]", url=self.url)
            return False
        except Exception as error:
            log.warning("models were not mirrored", url=self.url, reason=str(error)[:200])
            return False
        return True

    def _copy(self, records: Sequence[ModelRecord], aliases: Aliases) -> None:
        for name, value in _QUIET.items():
            os.environ.setdefault(name, value)
        from mlflow import MlflowClient  # noqa: PLC0415

        client = MlflowClient(tracking_uri=self.url, registry_uri=self.url)
        runs = _runs(client, records)
        versions = _versions(client, records, runs)
        for alias in _ALIASES:
            wanted = versions.get(getattr(aliases, alias) or "")
            if wanted is not None:
                client.set_registered_model_alias(NAME, alias, wanted)
            else:
                client.delete_registered_model_alias(NAME, alias)


def _runs(client: Any, records: Sequence[ModelRecord]) -> dict[str, Any]:
    """The run of each version; those that are missing are made."""
    experiment = client.get_experiment_by_name(NAME)
    number = experiment.experiment_id if experiment is not None else client.create_experiment(NAME)
    found = {run.data.tags.get(_VERSION): run for run in client.search_runs([number], max_results=1000)}
    for record in records:
        if record.version not in found:
            found[record.version] = _run(client, number, record)
    return found


def _run(client: Any, experiment: str, record: ModelRecord) -> Any:
    from mlflow.entities import Metric, Param  # noqa: PLC0415

    moment = int(record.created_at.timestamp() * 1000)
    tags = {_VERSION: record.version, "mlflow.runName": record.version, "greenroom.kind": record.kind}
    run = client.create_run(experiment, start_time=moment, tags=tags)
    told = {**record.origin.__dict__, "sha256": record.artefact.sha256}
    params = [Param(name, str(value)) for name, value in told.items() if value is not None]
    figures = [Metric(name, value, moment, 0) for name, value in measured(record.metrics).items()]
    client.log_batch(run.info.run_id, metrics=figures, params=params)
    client.set_terminated(run.info.run_id, end_time=moment)
    return run


def measured(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The figures of a model's report, as MLflow names them."""
    found = {}
    for part in ("model", "totals"):
        for name, figure in (metrics.get(part) or {}).items():
            value = figure.get("value") if isinstance(figure, Mapping) else None
            if value is not None:
                found[f"{part}/{name.replace(':', '/').replace(' ', '_')}"] = float(value)
    return found


def _versions(client: Any, records: Sequence[ModelRecord], runs: Mapping[str, Any]) -> dict[str, str]:
    """The number that each version has there; those that are missing are made, the oldest first."""
    if not client.search_registered_models(f"name = '{NAME}'"):
        client.create_registered_model(NAME)
    known = client.search_model_versions(f"name = '{NAME}'")
    found = {one.tags.get(_VERSION): str(one.version) for one in known}
    for record in sorted(records, key=lambda one: one.created_at):
        if record.version not in found:
            run = runs[record.version].info
            made = client.create_model_version(
                NAME, f"{run.artifact_uri}/model", run.run_id, {_VERSION: record.version}, await_creation_for=0
            )
            found[record.version] = str(made.version)
    return found
