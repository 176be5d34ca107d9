"""Fixtures that several rooms' tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.items import write_code_item, write_concept_item, write_pack


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A small pack of its own: one concept item under jwt, one code item under dsa."""
    root = tmp_path / "pack"
    write_pack(root)
    write_concept_item(root / "items" / "jwt" / "why-stateless")
    write_code_item(root / "items" / "dsa" / "add-up")
    return root
