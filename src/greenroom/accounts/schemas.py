"""What the accounts' API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.accounts.rules import MOST_EMAIL_CHARACTERS, MOST_PASSWORD_CHARACTERS, Role
from greenroom.accounts.sessions import Device, Opened

Email = Annotated[
    str, StringConstraints(min_length=3, max_length=MOST_EMAIL_CHARACTERS), Field(examples=["ada@example.org"])
]
Password = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST_PASSWORD_CHARACTERS),
    Field(examples=["four words of your own"]),
]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=128), Field(examples=["3vQ…"])]


class Input(BaseModel):
    """What comes in: names that are not known are refused."""

    model_config = ConfigDict(extra="forbid")


class Credentials(Input):
    """A login."""

    email: Email
    password: Password


class Registration(Input):
    """A new account."""

    email: Email
    name: Annotated[str, StringConstraints(min_length=1, max_length=80), Field(examples=["Ada"])]
    password: Password
    invitation: Secret | None = None


class Address(Input):
    """Whose password is to be reset."""

    email: Email


class NewPassword(Input):
    """Another password, by a link."""

    link: Secret
    password: Password


class PasswordChange(Input):
    """Another password, by the old one."""

    old: Password
    new: Password


class Confirmation(Input):
    """The password once more, before something that cannot be undone."""

    password: Annotated[str, StringConstraints(max_length=MOST_PASSWORD_CHARACTERS)] = ""


class Me(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    email: str | None
    role: Role


class Tokens(BaseModel):
    """An access token (RFC 6749, section 5.1). The refresh token is in a cookie that no script reads."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds.", examples=[900])
    user: Me

    @classmethod
    def of(cls, opened: Opened, now: datetime) -> Tokens:
        """What a client is told of *opened*."""
        user = opened.user
        return cls(
            access_token=opened.access_token,
            expires_in=max(0, int((opened.access.expires_at - now).total_seconds())),
            user=Me(id=user.id, name=user.name, email=user.email, role=user.role),
        )


class Session(BaseModel):
    """A session of one's own."""

    id: str
    current: bool
    agent: str
    address: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime

    @classmethod
    def of(cls, device: Device, current: str) -> Session:
        """*device* as its owner is told."""
        return cls(
            id=device.id,
            current=device.id == current,
            agent=device.agent,
            address=device.address,
            created_at=device.created_at,
            seen_at=device.seen_at,
            ends_at=min(device.idle_at, device.expires_at),
        )


class SessionList(BaseModel):
    """One's own sessions, the latest seen first."""

    sessions: list[Session]


class Told(BaseModel):
    """What was understood. It is the same whether or not there is such an account."""

    detail: str
