"""Tokens that were logged out."""

_REVOKED: set[str] = set()


def revoke(token: str) -> None:
    """From now on *token* is not accepted."""
    _REVOKED.add(token)


def is_revoked(token: str) -> bool:
    """Whether *token* was logged out."""
    return token in _REVOKED
