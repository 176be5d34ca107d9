"""The phrasings' embeddings that ship with Greenroom: they save time and change nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.grading.embedded import Embedded, store
from greenroom.grading.encoder import NAME, MiniLM
from greenroom.grading.service import phrases


def _phrases() -> list[str]:
    return sorted({text for item in load_pack(core_pack_folder()).items for text in phrases(item)})


def test_the_shipped_file_has_nearly_all_of_the_core_packs_phrasings() -> None:
    shipped, texts = Embedded(NAME), _phrases()
    missing = [text for text in texts if text not in shipped]
    assert len(missing) <= 0.05 * len(texts), "run `python bench/grading/embed.py`"


def test_shipped_vectors_are_what_the_encoder_makes() -> None:
    texts = [text for text in _phrases()[::100] if text in Embedded(NAME)]
    fresh, shipped = MiniLM(embedded=None).embed(texts), MiniLM().embed(texts)
    assert len(texts) >= 20
    assert np.abs(np.sum(fresh * shipped, axis=1) - 1).max() < 1e-3


def test_a_file_that_is_missing_broken_or_of_another_encoder_is_not_used(tmp_path: Path) -> None:
    path = tmp_path / "embeddings.npz"
    assert "a text" not in Embedded("one", path)
    store("one", {"a text": np.ones(384, np.float32) / 384**0.5}, path)
    assert "a text" in Embedded("one", path)
    assert "a text" not in Embedded("another", path)
    assert Embedded("another", path).find(["a text"]) == {}
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "a text" not in Embedded("one", path)
