"""Templates and Markdown: everything that came from a pack or a person is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from greenroom import __version__
from greenroom.web.assets import asset

_FORMATTER = HtmlFormatter(nowrap=True, classprefix="hl-")


def _highlight(code: str, language: str, _attributes: str) -> str:
    try:
        return highlight(code, get_lexer_by_name(language), _FORMATTER)
    except ClassNotFound:
        return str(escape(code))


def _link_open(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    """Links leave the page in a tab of their own, and tell nobody where they were."""
    tokens[index].attrSet("rel", "noopener noreferrer")
    tokens[index].attrSet("target", "_blank")
    return self.renderToken(tokens, index, options, env)


def _scrolling(name: str) -> Any:
    def opened(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">' + self.renderToken(
            tokens, index, options, env
        )

    return opened


def _table_close(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return self.renderToken(tokens, index, options, env) + "</div>"


def _focusable(name: Literal["fence", "code_block"]) -> Any:
    """Code that may scroll sideways can be reached by keyboard."""

    def block(self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        plain = RendererHTML.fence if name == "fence" else RendererHTML.code_block
        return plain(self, tokens, index, options, env).replace("<pre", '<pre tabindex="0"', 1)

    return block


def _markdown() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False, "highlight": _highlight}).enable("table")
    renderer.add_render_rule("link_open", _link_open)
    renderer.add_render_rule("table_open", _scrolling("Table"))
    renderer.add_render_rule("table_close", _table_close)
    renderer.add_render_rule("fence", _focusable("fence"))
    renderer.add_render_rule("code_block", _focusable("code_block"))
    # An image would be fetched from wherever a pack says: nothing may leave this machine.
    return renderer.disable("image")


_MARKDOWN = _markdown()


@lru_cache(maxsize=512)
def markdown(text: str) -> Markup:
    """*text* as HTML: raw HTML in it is shown, not used; images are left out."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 (the renderer escapes: html is off)


def templates() -> Environment:
    """The template environment: autoescaping, and an error for every misspelt name."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(("html", "svg"), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(asset=asset, version=__version__)
    environment.filters.update(
        markdown=markdown, percent=percent, minutes=minutes_text, local=local_time, client=client_name
    )
    return environment


def local_time(moment: datetime, form: str) -> str:
    """*moment* in this machine's time zone, as `strftime` says."""
    return moment.astimezone().strftime(form)


_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}


def client_name(agent: str) -> str:
    """What a client says of itself, shortened to what its owner would call it: `Firefox on Linux`."""
    browser = next((name for sign, name in _BROWSERS.items() if f"{sign}/" in agent), None)
    if browser is None:
        return agent.split("/", maxsplit=1)[0][:40] or "A client without a name"
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), None)
    return f"{browser} on {system}" if system else browser


def percent(value: float | None) -> str:
    """A share as a whole percentage; a dash for none."""
    return "–" if value is None else f"{value * 100:.0f} %"


def minutes_text(seconds: float) -> str:
    """Seconds as minutes and seconds: `4 min 05 s`."""
    whole = max(0, round(seconds))
    return f"{whole // 60} min {whole % 60:02d} s" if whole >= 60 else f"{whole} s"
