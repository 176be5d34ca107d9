"""Rendering a page: the context that every page has, and the one of its own."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from greenroom.web.rendering import templates

RENEW_EARLY_S = 120
"""So long before the access token's end a page renews the session."""


@cache
def _environment() -> Environment:
    return templates()


def compile_templates() -> None:
    """Compile every template: the first page would hold the event loop for it. Takes some tenths of a second."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)


def prepare() -> None:
    """Compile every template: the first to ask for a page would wait for it, and with them everybody else."""
    environment = _environment()
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def render(request: Request, name: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """The template *name* as a response, with the security context that forms and styles need."""
    shared = {
        "csrf_token": getattr(request.state, "csrf_token", ""),
        "csp_nonce": _nonce(request),
        "path": request.url.path,
        "signed_in": getattr(request.state, "signed_in", False),
        "user_role": user.role.value if (user := getattr(request.state, "user", None)) else "",
        "renew_at": renew_at(request),
        "server": request.app.state.mode == "server",
        "sent_to": request.app.state.sent_to,
    }
    return HTMLResponse(_environment().get_template(name).render(shared | dict(context)), status_code=status)


def _nonce(request: Request) -> str:
    """The nonce of this page's styles, which its content security policy names."""
    nonce: str = request.scope.setdefault("state", {}).setdefault("csp_nonce", secrets.token_urlsafe(16))
    return nonce


def renew_at(request: Request) -> str:
    """Seconds since 1970 at which the page's session should be renewed; empty where nobody is signed in."""
    expires_at = getattr(request.state, "expires_at", None)
    if expires_at is None:
        return ""
    early = min(RENEW_EARLY_S, request.app.state.work.settings.access_lifetime_s / 4)
    return str(int(expires_at.timestamp() - early))
