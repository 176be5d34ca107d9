"""Settings from the environment (`GREENROOM_…`); every one has a default that works."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from greenroom.kernel.errors import EnvironmentFault, InputError
from greenroom.platform.addresses import SCHEMES, Address

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
    mode: Literal["solo", "server"] = Field(default="solo", description="server: people register and log in.")
    registration: Literal["open", "invitation", "closed"] = "invitation"
    public_url: str = Field(default="", description="Where others reach this server: https://greenroom.example.org")
    trusted_proxies: tuple[str, ...] = Field(
        default=(), description="Addresses or networks whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    token_algorithm: Literal["EdDSA", "HS256"] = "EdDSA"  # noqa: S105
    access_lifetime_s: int = Field(default=900, ge=5, le=900, description="How long an access token is good.")
    token_issuer: str = Field(default="greenroom", min_length=1, max_length=200)
    token_audience: str = Field(default="greenroom", min_length=1, max_length=200)
    keys_file: Path | None = Field(default=None, description="None: keys.json in the data folder.")
    password_threads: int = Field(default=2, ge=1, le=64, description="Passwords hashed at once, 19 MiB each.")
    models_dir: Path | None = Field(default=None, description="The grader's models; None: models in the data folder.")
    grader_canary: float = Field(default=0.05, ge=0, le=0.5, description="Share of answers a challenger answers.")
    grader_mlflow_url: str = Field(default="", description="An MLflow server that models and aliases are copied to.")
    grader_queue: int = Field(default=256, ge=1, le=10_000, description="Points that may wait to be read, of the API.")
    llm_url: str = Field(default="", description="An OpenAI-compatible endpoint that reads answers too; empty: none.")
    llm_model: str = Field(default="", max_length=200, validate_default=True, description="The model's name there.")
    llm_key: SecretStr = Field(default=SecretStr(""), description="Its key; empty: none is sent.")
    llm_key_file: Path | None = Field(default=None, description="A file with the key, in place of GREENROOM_LLM_KEY.")
    llm_timeout_s: float = Field(default=20.0, ge=0.1, le=300.0, description="For each of at most two tries.")
    metrics_token: SecretStr = Field(default=SecretStr(""), description="What Prometheus sends; empty: admins alone.")
    redis_url: str = Field(default="", description="redis://…: what several processes share at once.")
    smtp_url: str = Field(default="", description="smtps://user:password@host:465; empty: letters go into a folder.")
    mail_from: str = "Greenroom <greenroom@localhost>"
    retrain_days: int = Field(
        default=30, ge=1, le=365, description="After an erasure, models that know the rows are trained anew within."
    )
    limit_login: str = Field(default="10/15 minutes", description="Logins to one account from one address.")
    limit_login_user: str = Field(default="100/hour", description="Logins to one account from addresses new to it.")
    limit_login_address: str = Field(default="60/15 minutes", description="Logins from one address.")
    limit_login_all: str = Field(default="1200/minute", description="Logins altogether.")
    limit_register: str = Field(default="20/hour", description="Registrations from one address.")
    limit_letters: str = Field(default="5/hour", description="Letters to one address.")
    limit_refresh: str = Field(default="120/minute", description="Renewals from one address.")
    limit_score: str = Field(default="30/minute", description="Texts of one user that the grader reads by the API.")
    limit_requests: str = Field(default="1200/minute", description="API requests of one user.")

    @field_validator("public_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/")):
            raise ValueError("write it like https://greenroom.example.org, without a path")
        return value.rstrip("/")

    @field_validator("llm_url")
    @classmethod
    def _endpoint(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.username):
            raise ValueError("write it like https://llm.example.org/v1, without a password")
        return value.rstrip("/")

    @field_validator("llm_model")
    @classmethod
    def _named(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("llm_url") and not value.strip():
            raise ValueError("GREENROOM_LLM_URL needs the name of a model there")
        return value.strip()

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            ipaddress.ip_network(one, strict=False)
        return value

    @field_validator(
        "limit_login", "limit_login_user", "limit_login_address", "limit_login_all", "limit_register",
        "limit_letters", "limit_refresh", "limit_score", "limit_requests",
    )  # fmt: skip
    @classmethod
    def _limit(cls, value: str) -> str:
        if value:
            from limits import parse  # takes longer to load than all the settings, and is read here alone

            parse(value)
        return value

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
    def keys_path(self) -> Path:
        """Where the signing keys lie."""
        return self.keys_file or self.data_dir / "keys.json"

    @property
    def models_path(self) -> Path:
        """Where the files of the grader's models lie."""
        return self.models_dir or self.data_dir / "models"

    @property
    def answers_go_to(self) -> str:
        """The host of a language model that gets answers in words; empty when none leaves this machine."""
        host = urlsplit(self.llm_url).hostname or ""
        return "" if host in ("localhost", "::1") or host.startswith("127.") else host

    def read_llm_key(self) -> str:
        """The key of the language model; empty without one. Raises InputError for a file that cannot be read."""
        if self.llm_key_file is None:
            key = self.llm_key.get_secret_value().strip()
        else:
            try:
                key = self.llm_key_file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                mend = "name a file that the server can read"
                raise InputError(f"GREENROOM_LLM_KEY_FILE: {self.llm_key_file} cannot be read", mend=mend) from None
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise InputError("the key of the language model has letters that no key has", mend="give it in one line")
        return key

    @property
    def rate_limits(self) -> dict[str, str]:
        """The named limits: `login`, `login-user` and so on."""
        names = (name for name in type(self).model_fields if name.startswith("limit_"))
        return {name.removeprefix("limit_").replace("_", "-"): getattr(self, name) for name in names}

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
