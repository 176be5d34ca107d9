"""The keys that sign access tokens and hash refresh tokens, links and invitations.

They lie in a file beside the database, never in it.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from greenroom.accounts.rules import ACCESS_LIFETIME, LEEWAY
from greenroom.kernel.errors import EnvironmentFault, InputError

Algorithm = Literal["EdDSA", "HS256"]
ALGORITHMS: tuple[Algorithm, ...] = ("EdDSA", "HS256")

_BYTES = 32


@dataclass(frozen=True)
class Key:
    """A signing key. After `retired_at` it signs nothing more, and what it signed is accepted until it has ended."""

    kid: str
    algorithm: Algorithm
    secret: bytes
    made_at: datetime
    retired_at: datetime | None = None

    @property
    def signing(self) -> Ed25519PrivateKey | bytes:
        """What signs."""
        return Ed25519PrivateKey.from_private_bytes(self.secret) if self.algorithm == "EdDSA" else self.secret

    @property
    def verifying(self) -> Ed25519PublicKey | bytes:
        """What verifies."""
        signing = self.signing
        return signing if isinstance(signing, bytes) else signing.public_key()

    def verifies_at(self, now: datetime) -> bool:
        """Whether what it signed may still be good."""
        return self.retired_at is None or now < self.retired_at + ACCESS_LIFETIME + LEEWAY


@dataclass(frozen=True)
class KeyRing:
    """Every key that signs or verifies, and the pepper of the hashes."""

    keys: tuple[Key, ...]
    pepper: bytes

    def active(self, algorithm: Algorithm) -> Key | None:
        """The newest key of *algorithm* that signs."""
        signing = [key for key in self.keys if key.algorithm == algorithm and key.retired_at is None]
        return max(signing, key=lambda key: key.made_at, default=None)

    def find(self, kid: str, now: datetime) -> Key | None:
        """The key of that name, if it still verifies."""
        return next((key for key in self.keys if key.kid == kid and key.verifies_at(now)), None)

    def rotated(self, algorithm: Algorithm, now: datetime) -> KeyRing:
        """With a new key of *algorithm* that signs from now on; those before are retired, and dropped once ended."""
        kept = [replace(key, retired_at=key.retired_at or now) for key in self.keys if key.verifies_at(now)]
        return replace(self, keys=(*kept, new_key(algorithm, now)))

    def hash(self, purpose: str, secret: str) -> str:
        """HMAC-SHA-256 of *secret* for *purpose*, in hexadecimal digits."""
        message = purpose.encode() + b"\0" + secret.encode("utf-8", "surrogatepass")
        return hmac.new(self.pepper, message, hashlib.sha256).hexdigest()


def new_key(algorithm: Algorithm, now: datetime) -> Key:
    """A fresh key."""
    return Key(secrets.token_urlsafe(9), algorithm, secrets.token_bytes(_BYTES), now)


class KeyFile:
    """The key ring in a file, read anew when it has changed: a rotation reaches every process at its next token."""

    def __init__(self, path: Path, algorithm: Algorithm) -> None:
        self.path, self.algorithm = path, algorithm
        self._seen: tuple[int, int, int] | None = None
        self._ring: KeyRing | None = None

    def ring(self, now: datetime) -> KeyRing:
        """The keys as they are now; made at the first time. Raises EnvironmentFault."""
        seen = self._stamp()
        if self._ring is None or seen != self._seen:
            with self._locked():
                ring = self._read() if self.path.exists() else None
                if ring is None or ring.active(self.algorithm) is None:
                    ring = self._first(ring, now)
                    self._write(ring)
                self._ring, self._seen = ring, self._stamp()
        return self._ring

    def signer(self, now: datetime) -> Key:
        """The key that signs."""
        key = self.ring(now).active(self.algorithm)
        assert key is not None
        return key

    def rotate(self, now: datetime) -> Key:
        """Sign with a new key from now on; returns it. Raises EnvironmentFault."""
        self.ring(now)
        with self._locked():
            ring = self._read().rotated(self.algorithm, now)
            self._write(ring)
        return self.signer(now)

    def _first(self, ring: KeyRing | None, now: datetime) -> KeyRing:
        if ring is None:
            return KeyRing((new_key(self.algorithm, now),), secrets.token_bytes(_BYTES))
        return ring.rotated(self.algorithm, now)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            with self.path.with_suffix(".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            mend = "make the data folder writable, or set GREENROOM_DATA_DIR"
            raise EnvironmentFault(f"the keys {self.path} cannot be used: {error.strerror}", mend=mend) from None

    def _read(self) -> KeyRing:
        try:
            return _parsed(self.path.read_text(encoding="utf-8"))
        except (KeyError, TypeError, ValueError) as error:
            mend = "restore it from a backup, or move it away: then everybody logs in anew"
            raise InputError(f"the key file {self.path} is damaged ({type(error).__name__})", mend=mend) from None

    def _write(self, ring: KeyRing) -> None:
        new = self.path.with_suffix(".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(_written(ring))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.path)


def _written(ring: KeyRing) -> str:
    keys = [
        {
            "kid": key.kid,
            "algorithm": key.algorithm,
            "secret": base64.b64encode(key.secret).decode(),
            "made_at": key.made_at.isoformat(),
            "retired_at": key.retired_at.isoformat() if key.retired_at else None,
        }
        for key in ring.keys
    ]
    return json.dumps({"version": 1, "pepper": base64.b64encode(ring.pepper).decode(), "keys": keys}, indent=1)


def _parsed(text: str) -> KeyRing:
    said = json.loads(text)
    keys = tuple(
        Key(
            kid=str(one["kid"]),
            algorithm=ALGORITHMS[ALGORITHMS.index(one["algorithm"])],
            secret=base64.b64decode(one["secret"], validate=True),
            made_at=datetime.fromisoformat(one["made_at"]),
            retired_at=datetime.fromisoformat(one["retired_at"]) if one["retired_at"] else None,
        )
        for one in said["keys"]
    )
    return KeyRing(keys, base64.b64decode(said["pepper"], validate=True))
