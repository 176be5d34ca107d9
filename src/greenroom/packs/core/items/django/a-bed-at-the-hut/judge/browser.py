"""As much of a browser as a form needs: pages, fields, cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import CookieError, SimpleCookie

from greenroom.judge.probes.lab import Lab
from greenroom.judge.probes.seats import FailedError
from greenroom.judge.probes.service import Response, Service

_SILENT = ("script", "style", "template", "title")


@dataclass
class Field:
    """A field of a form: what stands in it, whether it is marked as wrong, and what a select offers."""

    value: str = ""
    wrong: bool = False
    offers: set[str] | None = None


class Page(HTMLParser):
    """A page: its text, its elements and attributes, and the fields of its POST form."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.names: list[str] = []
        """Names of all elements, and of all attributes."""
        self.fields: dict[str, Field] = {}
        self.action: str | None = None
        self._open: list[str] = []
        self._in_form = False
        self._area: Field | None = None
        self._select: Field | None = None
        try:
            self.feed(html)
            self.close()
        except AssertionError as error:
            raise FailedError(f"a page cannot be read as HTML: {error}") from None

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.names += [tag, *found]
        if tag == "form" and found.get("method", "").lower() == "post" and self.action is None:
            self._in_form, self.action = True, found.get("action", "")
        if tag in _SILENT:
            self._open.append(tag)
        if self._in_form and tag in ("input", "textarea", "select"):
            one = Field(found.get("value", ""), found.get("aria-invalid", "").lower() == "true")
            if found.get("name") and found.get("type", "").lower() not in ("submit", "button"):
                self.fields[found["name"]] = one
            self._area = one if tag == "textarea" else None
            if tag == "select":
                self._select, one.offers = one, set()
        elif tag == "option" and self._select is not None and self._select.offers is not None:
            self._select.offers.add(found.get("value", ""))
            self._select.value = found.get("value", "") if "selected" in found else self._select.value

    def handle_endtag(self, tag: str) -> None:
        self._in_form = self._in_form and tag != "form"
        self._area = None if tag == "textarea" else self._area
        self._select = None if tag == "select" else self._select
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data
        elif not self._open:
            self.words.append(data)


@dataclass
class Browser:
    """A visitor with cookies of his own."""

    lab: Lab
    service: Service
    cookies: dict[str, str] = field(default_factory=dict)

    def send(self, method: str, path: str, form: dict[str, str] | None = None) -> Response:
        headers = (
            {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        )
        answer = self.service.request(method, path, headers=headers, form=form)
        for text in answer.all_headers("set-cookie"):
            jar: SimpleCookie = SimpleCookie()
            try:
                jar.load(text)
            except CookieError:
                continue
            self.cookies |= {name: one.value for name, one in jar.items()}
        return answer

    def page(self, path: str) -> Page:
        return Page(self.send("GET", path).expect(200).text)

    def form(self, wanted: tuple[str, ...]) -> Page:
        """The form, which has all fields *wanted*."""
        found = self.page("/book")
        missing = [name for name in wanted if name not in found.fields]
        self.lab.expect(found.action is not None, "GET /book has no form with method post")
        self.lab.expect(not missing, f"the form at /book has no field {missing}")
        to = (found.action or "").rpartition("testserver")[2].partition("?")[0] or "/book"
        self.lab.expect(to in ("/book", "book", "./book", "."), f"the form is sent to {found.action!r}, expected /book")
        return found

    def submit(self, values: dict[str, str]) -> Response:
        """Fill the form in, and send it with all that it holds."""
        found = self.form(tuple(values))
        return self.send("POST", "/book", {name: one.value for name, one in found.fields.items()} | values)
