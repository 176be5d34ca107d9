"""The loaded packs as one bank."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from greenroom.bank.loader import core_pack_folder, load_pack
from greenroom.bank.models import Item, Pack
from greenroom.bank.source import PackError, Problem
from greenroom.judge import needs


class Catalogue:
    """Every item of the installed packs, by slug."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = tuple(packs)
        self._items: dict[str, Item] = {}
        for pack in self.packs:
            for item in pack.items:
                if item.slug in self._items:
                    other = self._items[item.slug].pack
                    message = f"the slug {item.slug!r} is also in pack {other!r}"
                    raise PackError([Problem(str(item.folder), message, "rename one of them")])
                self._items[item.slug] = item

    def get(self, slug: str) -> Item | None:
        """The item, or None when its pack is gone."""
        return self._items.get(slug)

    @property
    def every(self) -> tuple[Item, ...]:
        """All items, those included that no interview may ask here."""
        return tuple(self._items.values())

    @property
    def items(self) -> tuple[Item, ...]:
        """All items that an interview may ask: no warm-up, and none that needs what is not installed here."""
        return tuple(item for item in self._items.values() if not item.head.warm_up and needs.lacking(item) is None)

    @property
    def warm_up(self) -> Item | None:
        """The unscored item to try the editor and the cases on, or None when no pack has one."""
        return next((item for item in self._items.values() if item.head.warm_up), None)


def load_catalogue(extra: Iterable[Path] = ()) -> Catalogue:
    """Load the core pack and *extra* packs. Raises PackError naming the first problem."""
    return Catalogue(load_pack(folder) for folder in (core_pack_folder(), *extra))
