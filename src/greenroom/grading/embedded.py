"""Embeddings of the core pack's phrasings, made beforehand: the first answer to an item need not wait for them.

The file is an artefact (`embeddings.npz`), written by `python bench/grading/embed.py`. It only saves time: a
text that is not in it is embedded when it is met, and a file that another encoder made is not read.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

PACKAGED = Path(__file__).with_name("embeddings.npz")


class Embedded:
    """Unit vectors by text, for one encoder; empty when *path* cannot be read or was made by another encoder."""

    def __init__(self, encoder: str, path: Path = PACKAGED) -> None:
        self._rows: dict[bytes, int] = {}
        self._vectors: npt.NDArray[np.float16] = np.zeros((0, 0), np.float16)
        with contextlib.suppress(OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            self._read(encoder, path.read_bytes())

    def _read(self, encoder: str, content: bytes) -> None:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            if str(stored["encoder"]) == encoder:
                self._vectors = stored["vectors"]
                self._rows = {bytes(key): row for row, key in enumerate(stored["keys"])}

    def __contains__(self, text: str) -> bool:
        return _key(text) in self._rows

    def find(self, texts: Sequence[str]) -> dict[str, npt.NDArray[np.float32]]:
        """The vectors of those *texts* that are known, each with 384 numbers."""
        rows = {text: self._rows.get(_key(text)) for text in texts}
        return {text: self._vectors[row].astype(np.float32) for text, row in rows.items() if row is not None}


def store(encoder: str, vectors: Mapping[str, npt.NDArray[np.float32]], path: Path = PACKAGED) -> None:
    """Write *vectors*, as half-precision numbers: a cosine moves by less than 0.001."""
    ordered = sorted(vectors, key=_key)
    np.savez(
        path,
        encoder=np.array(encoder),
        keys=np.array([list(_key(text)) for text in ordered], np.uint8),
        vectors=np.array([vectors[text] for text in ordered], np.float16),
    )


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()[:16]
