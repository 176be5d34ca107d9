"""What the accounts' API takes and gives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from greenroom.accounts.administration import Account, Invitation
from greenroom.accounts.audit import Entry
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


# For admins


class UserView(BaseModel):
    """A user as an admin sees them."""

    id: str
    name: str
    email: str | None
    role: Role
    created_at: datetime
    disabled_at: datetime | None

    @classmethod
    def of(cls, account: Account) -> UserView:
        """*account* as it is told."""
        return cls(**{name: getattr(account, name) for name in UserView.model_fields})


class UserList(BaseModel):
    """Users in the order in which they came; `next` is the `after` of the next page."""

    users: list[UserView]
    next: str | None


class UserDetail(UserView):
    """A user, and where they are signed in."""

    sessions: list[Session]


class UserChange(Input):
    """Another role, or being shut out or let in; what is left out stays."""

    role: Role | None = None
    disabled: bool | None = None


class SessionsEnded(BaseModel):
    """How many sessions ended."""

    ended: int


class NewInvitation(Input):
    """Whom to invite: without an address, whoever has the link."""

    email: Email | None = None
    role: Role = Role.candidate


class InvitationView(BaseModel):
    """An invitation. Its secret is told once, when it is made."""

    id: str
    email: str | None
    role: Role
    state: Literal["open", "used", "withdrawn", "ended"]
    created_at: datetime
    expires_at: datetime
    invited_by: str

    @classmethod
    def of(cls, one: Invitation) -> InvitationView:
        """*one* as it is told."""
        return cls(**{name: getattr(one, name) for name in cls.model_fields})


class InvitationList(BaseModel):
    """Invitations, the newest first."""

    invitations: list[InvitationView]
    next: str | None


class InvitationMade(BaseModel):
    """A new invitation with its link, which cannot be had again."""

    id: str
    link: str
    email: str | None
    role: Role
    expires_at: datetime


class AuditEntry(BaseModel):
    """One thing that was done."""

    id: str
    at: datetime
    action: str
    actor_id: str | None
    subject_id: str | None
    address: str
    details: dict[str, Any]

    @classmethod
    def of(cls, entry: Entry) -> AuditEntry:
        """*entry* as it is told."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class AuditPage(BaseModel):
    """Entries, the newest first."""

    entries: list[AuditEntry]
    next: str | None


class Counts(BaseModel):
    """How many there are of each."""

    users: int
    disabled: int
    sessions: int
    open_invitations: int
    interviews: int
    running: int
    waiting: int
    items: int
    items_off: int
    open_disputes: int
