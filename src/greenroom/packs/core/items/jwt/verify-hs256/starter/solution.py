def trusted_subject(token: str, key: str, now: int, audience: str, issuer: str) -> str | None:
    """The `sub` of a compact HS256 token if this service may believe it, else None. Never raises.

    The parts are base64url without padding; header and payload are JSON objects. `iss` equals *issuer*;
    `aud` is *audience* or a list that has it; `exp` is a number after *now*; `nbf`, if there, is a number
    not after *now*; `sub` is a string and not empty. HS256 alone is accepted; *key* is encoded as UTF-8.
    """
    raise NotImplementedError
