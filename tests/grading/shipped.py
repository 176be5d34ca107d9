"""What ships: the grader with its encoder, loaded once for all tests, and the core pack."""

from __future__ import annotations

from functools import cache

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item
from greenroom.grading.encoder import MiniLM
from greenroom.grading.service import Grader


@cache
def grader() -> Grader:
    return Grader(MiniLM())


@cache
def items() -> dict[str, Item]:
    return {item.slug: item for item in load_pack(core_pack_folder()).items}
