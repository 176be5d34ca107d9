"""How deep JSON is nested, told from its bytes alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenroom.web.nesting import is_deeper


def depth(value: Any) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


TEXT = st.text(alphabet='[]{}"\\\\nab\n\u00e9', max_size=8)
JSON = st.recursive(TEXT | st.none(), lambda one: st.lists(one, max_size=3) | st.dictionaries(TEXT, one, max_size=3))


@given(JSON, st.integers(0, 6), st.booleans())
def test_it_is_the_depth_of_what_a_parser_makes_of_it(value: Any, most: int, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only).encode()
    assert is_deeper(text, most) == (depth(value) > most)


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 33,
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 500_000,
        b'[""' + b'["\\"]",' * 1 + b"[" * 40,
    ],
    ids=lambda text: text[:20].decode(),
)
def test_too_deep(text: bytes) -> None:
    assert is_deeper(text, 32)


@pytest.mark.parametrize(
    "text",
    [b'"' + b"[" * 100 + b'"', b'["\\"' + b"[" * 99 + b'"]', b"[]" * 400_000, b"[{}]" * 100, b"", b"]" * 900_000],
)
def test_not_too_deep(text: bytes) -> None:
    assert not is_deeper(text, 32)
