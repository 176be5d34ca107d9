"""What all of the bank's models are made of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
StatementId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+(\.[a-z0-9-]+)+$", max_length=96)]
EnvironmentName = Literal["plain", "web", "ml"]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=600)]


class Model(BaseModel):
    """Base of the bank's models: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
