"""Settings from the environment (`GREENROOM_…`); every one has a default that works."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from greenroom.kernel.errors import EnvironmentFault, InputError
from greenroom.platform.database import Address
from greenroom.platform.postgresql import SCHEMES

DEFAULT_PORT = 8477


class Settings(BaseSettings):
    """What can be set from outside. See `docs/operating.md` for the list with examples."""

    model_config = SettingsConfigDict(env_prefix="GREENROOM_", frozen=True, extra="ignore")

    data_dir: Path = Field(default_factory=lambda: user_data_path("greenroom", appauthor=False))
    database_url: SecretStr = Field(default=SecretStr(""), description="Empty: SQLite in the data folder.")
    host: str = "127.0.0.1"
    port: int | None = Field(default=None, ge=1, le=65535, description="None: 8477, or the next free port.")
    browser: bool = True
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["console", "json"] = "console"
    packs: tuple[Path, ...] = Field(default=(), description="Folders of further packs.")
    judge_jobs: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=256)
    judge_spares: int = Field(default=2, ge=0, le=64, description="Sandboxes of each sort that stand ready.")
    judge_mode: Literal["zygote", "exec"] = Field(
        default="zygote", description="exec: no zygotes and no spares, each run starts processes of its own."
    )
    queue_limit: int = Field(default=64, ge=1, le=10_000, description="Runs and submissions waiting at most, each.")
    queue_limit_each: int = Field(default=8, ge=1, le=10_000, description="Of those, a single candidate's.")

    workers: int = Field(default=1, ge=1, le=64, description="Server processes; more than one needs PostgreSQL.")
    lease_s: float = Field(
        default=30.0, ge=1.0, le=600.0, description="After so long without a sign of a server, others answer for it."
    )

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _known_scheme(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not value.get_secret_value().startswith(SCHEMES):
            raise ValueError("the address must begin with postgresql://, or be empty for SQLite")
        return value

    @property
    def jobs_each(self) -> int:
        """How many runs one server process has at the same time: its share of the machine's."""
        return max(1, self.judge_jobs // self.workers)

    @property
    def spares(self) -> int:
        """How many sandboxes of each sort the judge keeps: none in the mode `exec`."""
        return self.judge_spares if self.judge_mode == "zygote" else 0

    @property
    def database_path(self) -> Path:
        """Where the SQLite database lies, when that is the one."""
        return self.data_dir / "greenroom.db"

    @property
    def database(self) -> Address:
        """The database that is used: PostgreSQL where an address is given. It may hold a password."""
        return self.database_url.get_secret_value().replace("postgres://", "postgresql://", 1) or self.database_path


def load_settings(**overrides: object) -> Settings:
    """Read the settings; raises InputError with the variable's name and what it may be."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "GREENROOM_" + str(first["loc"][0]).upper()
        raise InputError(f"{name}: {first['msg']}", mend="see docs/operating.md for what it may be") from None


def prepare_data_dir(settings: Settings) -> Path:
    """Make the data folder, readable by its owner alone. Raises EnvironmentFault when it cannot be written."""
    folder = settings.data_dir
    mend = "set GREENROOM_DATA_DIR to a folder that you can write"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".write-test-{os.getpid()}"
        try:
            probe.write_bytes(b"x" * 4096)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFault(f"the data folder {folder} cannot be written: {error.strerror}", mend=mend) from None
    return folder
