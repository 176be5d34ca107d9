"""Markdown from packs and people: shown, never run; and nothing is fetched."""

from __future__ import annotations

import pytest

from greenroom.web.rendering import client_name, markdown, minutes_text, percent


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](http://evil.example/pixel.png)",
        "```py\n</code><script>alert(1)</script>\n```",
        "| <script> |\n|--|\n| <b onclick=x> |",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_active_survives(text: str) -> None:
    html = markdown(text).lower()
    for sign in ("<script", "<img", "onerror=alert(1)>", 'href="javascript', 'href="data', "<b onclick"):
        assert sign not in html


def test_code_is_highlighted_without_inline_styles() -> None:
    html = markdown("```python\ndef f(): pass\n```")
    assert 'class="hl-' in html
    assert "style=" not in html


def test_links_tell_nobody_where_they_were() -> None:
    assert 'rel="noopener noreferrer"' in markdown("[rfc](https://www.rfc-editor.org/rfc/rfc7519)")


def test_tables_can_be_scrolled_by_keyboard() -> None:
    assert 'tabindex="0"' in markdown("| a |\n|--|\n| b |")


def test_numbers_for_people() -> None:
    assert (percent(0.256), percent(None)) == ("26 %", "–")
    assert (minutes_text(245), minutes_text(59.6), minutes_text(-3)) == ("4 min 05 s", "1 min 00 s", "0 s")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge on Windows"),
        ("curl/8.5.0", "curl"),
        ("", "A client without a name"),
    ],
)
def test_clients_are_called_what_their_owners_call_them(agent: str, name: str) -> None:
    assert client_name(agent) == name
