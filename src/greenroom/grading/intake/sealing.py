"""How a row is written, sealed and named, and what a manifest is: pure, but for the nonce.

A row of nobody's is kept as canonical JSON. A candidate's is encrypted under their own key (AES-256-GCM, NIST SP
800-38D), bound to its snapshot and its id. Hashes are over what is kept, so that a manifest can be verified after
the key is gone, and tells nothing of a text that was short enough to be guessed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_MARK = "aes-256-gcm:"


def canonical(value: Any) -> str:
    """*value* as the one JSON text that it has here: sorted keys, no spaces, ASCII. Raises ValueError for NaN."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def new_key() -> bytes:
    """256 random bits."""
    return secrets.token_bytes(KEY_BYTES)


def row_id(key: bytes | None, about: Mapping[str, Any]) -> str:
    """The id of a row: the same in every snapshot. Without the *key* a candidate's leads to nothing."""
    text = canonical(about).encode("ascii")
    found = hashlib.sha256(text) if key is None else hmac.new(key, text, hashlib.sha256)
    return found.hexdigest()[:32]


def seal(key: bytes, about: str, values: Mapping[str, Any]) -> str:
    """*values* encrypted under *key* and bound to *about*."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    body = AESGCM(key).encrypt(nonce, canonical(values).encode("ascii"), about.encode())
    return _MARK + base64.b64encode(nonce + body).decode("ascii")


def unseal(key: bytes, about: str, sealed: str) -> dict[str, Any]:
    """What was sealed. Raises ValueError when it was changed, or belongs to another row or key."""
    if not sealed.startswith(_MARK):
        raise ValueError("not sealed")
    raw = base64.b64decode(sealed.removeprefix(_MARK), validate=True)
    try:
        body = AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], about.encode())
    except InvalidTag:
        raise ValueError("it was changed, or the key is another") from None
    found: dict[str, Any] = json.loads(body)
    return found
