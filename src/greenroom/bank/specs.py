"""How an item is set up, for each way of answering one."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from greenroom.bank.base import EnvironmentName, Model


class Limits(Model):
    """What one case of a submission may use."""

    cpu_s: float = Field(default=2.0, gt=0, le=300)
    wall_s: float = Field(default=6.0, gt=0, le=900)
    memory_mb: int = Field(default=256, ge=32, le=4096)
    processes: int = Field(default=16, ge=1, le=256)
    output_kb: int = Field(default=256, ge=1, le=65536)
    disk_mb: int = Field(default=16, ge=1, le=1024)


class Parameter(Model):
    """A typed parameter of the function that the candidate writes."""

    name: str = Field(pattern=r"^[a-z_][a-z0-9_]*$")
    type: str = Field(max_length=120)


class CodeSpec(Model):
    """How a `code` item is called and how its answers are compared.

    `compare`: `exact` (equal values of equal types), `unordered` (equal as multisets at the top level),
    `close` (floats within `tolerance`, absolute or relative), `tokens` (whitespace-separated tokens of
    stdout, programs only), `checker` (the item's own `judge/checker.py` decides). `environment`: what Python
    code may import: the standard library, with the libraries of `web` or of `ml`. With `package` the cases, the
    comparison and the submissions are those of the problem package in `judge/package/`; `python_cpu_s` is then Python's
    limit in CPU seconds, where it needs another one than the other languages.
    """

    form: Literal["function", "program"]
    entry: str | None = Field(default=None, pattern=r"^[a-z_][a-z0-9_]*$")
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    compare: Literal["exact", "unordered", "close", "tokens", "checker"] = "exact"
    tolerance: float = Field(default=1e-9, gt=0, le=1)
    stop_at_first_failure: bool = False
    package: bool = False
    python_cpu_s: float | None = Field(default=None, gt=0, le=300)
    environment: EnvironmentName = "plain"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.package and self.form != "program":
            raise ValueError("a problem package is answered by a program")
        if self.python_cpu_s is not None and not self.package:
            raise ValueError("`python_cpu_s` is for problem packages: other items say what Python may use in `limits`")
        if self.form == "function" and (self.entry is None or self.returns is None):
            raise ValueError("a function item needs `entry` (its name), `parameters` and `returns`")
        if self.form == "program" and self.compare == "unordered":
            raise ValueError("a program's stdout is compared by exact, tokens, close or checker")
        return self

    @property
    def signature(self) -> str:
        """The function's head as a candidate would write it."""
        params = ", ".join(f"{p.name}: {p.type}" for p in self.parameters)
        return f"def {self.entry}({params}) -> {self.returns}:"


class LabSpec(Model):
    """How a lab is set up. `environment` is what the project may import; `examiner` what `judge/examine.py` may.

    SQL is executed by the examiner: its environment is `plain`, which no other lab's is.

    With `postgres` a real PostgreSQL is there for its databases; where the host has none, the item is not asked.

    `edit` are patterns of the starter's files that the candidate may change, all of them unless it says otherwise;
    `add` are patterns of files that may be added.
    """

    environment: EnvironmentName = "plain"
    examiner: EnvironmentName = "plain"
    postgres: bool = False
    edit: tuple[str, ...] = ("**",)
    add: tuple[str, ...] = ()


SloName = Literal["p50_ms", "p95_ms", "p99_ms", "errors_pct", "rpo_s", "usd_month"]


class DesignSpec(Model):
    """The round that a design is asked for. Whatever an answer says of these, this holds.

    *rps* is the peak that is asked for, and *slo* the limits. *traffic* is as in a design (steady at *rps* when there
    is none). *faults* are as in a design too, but name kinds of nodes (`kill: model_server`): they strike the first
    node of the kind that requests pass. *given* says by kind and field what things cost in time and hit, as a number,
    a range `[low, high]` or a curve: what is asked about is the architecture, and nobody's database is faster by
    declaration. *needs* says how often a request, with the work that it leaves behind, passes a kind
    at least; without that nothing else is measured. *estimates* are the names that a candidate commits to.
    """

    rps: float = Field(gt=0, le=1e6)
    slo: dict[SloName, Annotated[float, Field(ge=0)]] = Field(min_length=1)
    traffic: dict[str, Any] = Field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = Field(default=(), max_length=8)
    given: dict[str, dict[str, float | str | tuple[float, float]]] = Field(default_factory=dict)
    needs: dict[str, Annotated[float, Field(gt=0)]] = Field(min_length=1)
    estimates: tuple[str, ...] = Field(min_length=1, max_length=12)
    seconds: float = Field(default=40.0, ge=5, le=120)
