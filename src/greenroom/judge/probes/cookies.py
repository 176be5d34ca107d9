"""A browser's cookies for one host, as RFC 6265bis has them: what it keeps, what it refuses to keep, what it sends.

Only what servers get wrong is modelled: attributes and prefixes, deletion, lifetimes, and which requests of which pages
carry a cookie. The page is served over HTTPS.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Literal

Site = Literal["same-origin", "same-site", "cross-site"]
"""Where the page stands that causes a request, in the words of Sec-Fetch-Site."""

_MOST_DAYS = 400  # RFC 6265bis, 5.5: no cookie is kept for longer


@dataclass(frozen=True)
class Cookie:
    """One cookie that was kept; `expires` in seconds since 1970, None for one that goes with the browser."""

    name: str
    value: str
    path: str
    host_only: bool
    secure: bool
    http_only: bool
    same_site: str | None
    expires: float | None

    @property
    def is_for_scripts(self) -> bool:
        """Whether a script in the page can read it."""
        return not self.http_only


@dataclass
class Jar:
    """The cookies of *host*. `refused` says of each Set-Cookie that was not obeyed why."""

    host: str
    kept: dict[tuple[str, str, bool], Cookie] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def take(self, set_cookies: Iterable[str], path: str, now: float) -> None:
        """Obey the Set-Cookie headers of a response to a request for *path*, at *now*."""
        for header in set_cookies:
            why = self._take(header, path, now)
            if why is not None:
                self.refused.append(why)

    def sent(self, path: str, now: float, *, method: str = "GET", site: Site = "same-origin") -> dict[str, str]:
        """The cookies that a request for *path* carries when a page that stands at *site* causes it.

        A cookie without SameSite is sent always, as Firefox and Safari do.
        """
        return {
            one.name: one.value
            for one in sorted(self.kept.values(), key=lambda one: len(one.path))
            if (one.expires is None or one.expires > now)
            and _within(path, one.path)
            and (
                site != "cross-site" or one.same_site in {None, "none"} or (one.same_site == "lax" and method == "GET")
            )
        }

    def find(self, name: str, now: float) -> Cookie | None:
        """The cookie *name*, if one is kept."""
        found = (one for one in self.kept.values() if one.name == name and (one.expires is None or one.expires > now))
        return next(found, None)

    def _take(self, header: str, path: str, now: float) -> str | None:
        """Obey one header; the reason for which it is not obeyed."""
        pair, *rest = header.split(";")
        name, equals, value = (one.strip() for one in pair.partition("="))
        if not equals or not name:
            return f"{pair!r} names no cookie"
        attributes = {key.strip().lower(): text.strip() for key, _, text in (one.partition("=") for one in rest)}
        domain = attributes.get("domain", "").lower().removeprefix(".")
        secure, same_site = "secure" in attributes, attributes.get("samesite", "").lower() or None
        if domain and self.host != domain and not self.host.endswith(f".{domain}"):
            return f"{name}: this host cannot set a cookie for {domain}"
        if name.lower().startswith(("__host-", "__secure-")) and not secure:
            return f"{name}: the prefix of its name demands Secure"
        if name.lower().startswith("__host-") and (domain or attributes.get("path") != "/"):
            return f"{name}: the prefix __Host- demands Path=/ and no Domain"
        if same_site == "none" and not secure:
            return f"{name}: SameSite=None demands Secure"
        given = attributes.get("path", "")
        cookie = Cookie(
            name=name,
            value=value.strip('"'),
            path=given if given.startswith("/") else _default_path(path),
            host_only=not domain,
            secure=secure,
            http_only="httponly" in attributes,
            same_site=same_site if same_site in {"strict", "lax", "none"} else None,
            expires=_expiry(attributes, now),
        )
        place = (cookie.name, cookie.path, cookie.host_only)
        if cookie.expires is not None and cookie.expires <= now:
            self.kept.pop(place, None)
        else:
            self.kept[place] = cookie
        return None


def _expiry(attributes: dict[str, str], now: float) -> float | None:
    """Max-Age goes before Expires; what cannot be read does not count."""
    age = attributes.get("max-age", "")
    if age.removeprefix("-").isdecimal():
        return now + min(int(age), _MOST_DAYS * 86_400) if int(age) > 0 else float("-inf")
    try:
        at = parsedate_to_datetime(attributes["expires"])
    except (KeyError, ValueError, TypeError, IndexError):
        return None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def _default_path(path: str) -> str:
    return path.rpartition("/")[0] or "/"


def _within(path: str, of: str) -> bool:
    return path == of or path.startswith(of if of.endswith("/") else f"{of}/")
