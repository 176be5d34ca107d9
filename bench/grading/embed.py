"""Embed the core pack's phrasings and write them where the grader finds them.

    python bench/grading/embed.py

To be run after phrasings were changed, before a release: what is missing only costs time.
"""

from __future__ import annotations

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.grading.embedded import PACKAGED, store
from greenroom.grading.encoder import NAME, MiniLM
from greenroom.grading.service import phrases


def main() -> None:
    """Write the file and say what it holds."""
    texts = sorted({text for item in load_pack(core_pack_folder()).items for text in phrases(item)})
    vectors = MiniLM(embedded=None).embed(texts)
    store(NAME, dict(zip(texts, vectors, strict=True)))
    print(f"{len(texts)} phrasings, {PACKAGED.stat().st_size / 1e6:.1f} MB: {PACKAGED.name}")


if __name__ == "__main__":
    main()
