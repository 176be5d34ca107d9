"""The model of `bench/grader.py` as MLflow serves it."""

from __future__ import annotations

from typing import Any

from grader_model import pipeline, steps
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Claims(PythonModel):
    """Reads the column `text`."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> list[list[float]]:
        """The score of each point for each text."""
        return [steps(pipeline(), str(text)) for text in model_input["text"]]


set_model(Claims())
