"""What goes wrong with accounts. Nothing here tells a stranger who has one."""

from __future__ import annotations

from greenroom.kernel.errors import CapacityError, ConflictError, GreenroomError


class LoginRefused(GreenroomError):
    """Unknown, disabled, or not the password: the same for all of them."""

    status = 401
    code = "login-refused"

    def __init__(self) -> None:
        super().__init__("the address or the password is not right", mend="try again, or have the password reset")


class SessionOver(GreenroomError):
    """The refresh token opens nothing (any more)."""

    status = 401
    code = "session-over"

    def __init__(self) -> None:
        super().__init__("this session is over", mend="log in again; what you handed in and your drafts are kept")


class RefreshRaced(ConflictError):
    """Another tab has renewed the session a moment ago: its cookies are the good ones."""

    code = "refresh-raced"

    def __init__(self) -> None:
        super().__init__("the session was renewed a moment ago", mend="go on with the cookies that are there now")


class LinkRefused(GreenroomError):
    """The link was used, has ended, or never was."""

    status = 403
    code = "link-refused"

    def __init__(self) -> None:
        super().__init__("this link does not work any more", mend="ask for a new one")


class InvitationRefused(GreenroomError):
    """Nobody can register like this."""

    status = 403
    code = "invitation-needed"

    def __init__(self) -> None:
        super().__init__("an invitation is needed, and this one does not work", mend="ask for a new invitation")


class LastAdmin(ConflictError):
    """Nobody would be left who administers."""

    code = "last-admin"

    def __init__(self) -> None:
        super().__init__("this is the last admin", mend="make somebody else an admin first")


class TooOften(CapacityError):
    """A rate limit was reached: `retry_after_s` says when the next try counts again."""

    status = 429
    code = "too-often"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__("that was tried too often", mend=f"try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s
