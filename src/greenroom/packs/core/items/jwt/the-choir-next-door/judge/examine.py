"""A browser with a jar of cookies, pages of other origins, and what is in the database afterwards."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from greenroom.judge.probes.cookies import Cookie, Jar, Site
from greenroom.judge.probes.database import Database
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Response, Service

HOST, NAME, LIFETIME_S, TOLERANCE_S = "app.choir.example", "__Host-session", 30 * 86_400, 300
OWN = f"https://{HOST}"
SCHEMA = "CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT UNIQUE, salt BLOB, password BLOB);"
LOGIN = {"email": "ines@choir.example", "password": "alto-e-basso-9"}
MEMBER = 12
OTHER, OTHER_LOGIN = 4711, {"email": "tom@choir.example", "password": "basso-profondo-3"}
MEMBERS = {MEMBER: LOGIN, OTHER: OTHER_LOGIN}
OTHERS: tuple[tuple[str | None, Site, str], ...] = (
    ("https://blog.choir.example", "same-site", "the blog"),
    ("https://choir.example", "same-site", "the bare domain"),
    (f"http://{HOST}", "cross-site", "our host over plain HTTP"),
    (f"{OWN}:8443", "same-site", "another port"),
    (f"{OWN}.evil.example", "cross-site", "a host that begins like ours"),
    (f"https://evil{HOST}", "cross-site", "a host that ends like ours"),
    (f"https://evil.example/?{OWN}", "cross-site", "an address with ours in it"),
    ("https://evil.example", "cross-site", "another site"),
    ("null", "cross-site", "a sandboxed frame"),
    (None, "cross-site", "nobody knows where"),
)


class Browser:
    """One browser: its cookies, and pages that cause requests."""

    def __init__(self, lab: Lab, service: Service) -> None:
        self.lab, self.service, self.jar = lab, service, Jar(HOST)

    def post(
        self, path: str, body: Any = None, *, origin: str | None = OWN, site: Site = "same-origin", old: bool = False
    ) -> Response:
        """A request that a page at *origin* causes; an *old* browser does not say where that stands."""
        headers = {"host": HOST}
        headers |= {} if origin is None else {"origin": origin}
        headers |= {} if old else {"sec-fetch-site": site}
        cookies = self.jar.sent(path, time.time(), method="POST", site=site)
        headers |= {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
        answer = self.service.post(path, body, headers=headers)
        self.jar.take(answer.all_headers("set-cookie"), path, time.time())
        return answer

    def login(self, given: dict[str, str] = LOGIN, **more: Any) -> Response:
        return self.post("/login", given, **more).expect(200)

    @property
    def session(self) -> Cookie | None:
        return self.jar.find(NAME, time.time())

    def kept(self) -> Cookie:
        """The session's cookie, which must be there."""
        found, names = self.session, sorted({one.name for one in self.jar.kept.values()})
        why = f"; the browser refused {self.jar.refused[-1]!r}" if self.jar.refused else f"; it has {names}"
        self.lab.expect(found is not None, f"after the login the browser has no cookie {NAME}{why}")
        assert found is not None
        return found

    def opens(self, access: object, member: int = MEMBER) -> bool:
        headers = {"host": HOST, "authorization": f"Bearer {access}"}
        answer = self.service.get("/tickets", headers=headers)
        return answer.status == 200 and answer.json() == {"member": member}


def hashed(password: str) -> bytes:
    return hashlib.scrypt(password.encode(), salt=b"score", n=256, r=8, p=1)


class Choir:
    """The project over a database, and what stands there."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        rows = [(number, one["email"], b"score", hashed(one["password"])) for number, one in MEMBERS.items()]
        self.database = Database(SCHEMA, [("INSERT INTO members VALUES (?, ?, ?, ?)", rows)])
        self.service = lab.service("app:app", database=self.database)

    def browser(self) -> Browser:
        return Browser(self.lab, self.service)

    def state(self) -> str:
        return "\n".join(self.database.own.iterdump())


def choir(lab: Lab) -> Choir:
    return lab.once("choir", lambda: Choir(lab))


def access_in(lab: Lab, answer: Response) -> str:
    found = answer.json()
    fine = isinstance(found, dict) and isinstance(found.get("access"), str)
    lab.expect(fine, f"{answer.asked} gives {answer.text[:80]}, expected access")
    return str(found["access"])


@check("contract", visible=True)
def a_member_stays_signed_in(lab: Lab) -> str:
    one = choir(lab).browser()
    lab.expect(one.opens(access_in(lab, one.login())), "/tickets does not open after the login")
    for _ in range(2):
        answer = one.post("/refresh").expect(200)
        lab.expect(one.opens(access_in(lab, answer)), "/tickets does not open after a refresh")
    choir(lab).browser().post("/login", LOGIN | {"password": "alto"}).expect(401)
    choir(lab).browser().post("/refresh").expect(401)
    one.post("/logout").expect(204)
    return "1 login, 2 refreshes"


@check("contract")
def so_does_one_with_an_older_browser(lab: Lab) -> str:
    one = choir(lab).browser()
    one.login(old=True)
    lab.expect(one.opens(access_in(lab, one.post("/refresh", old=True).expect(200))), "/tickets does not open")
    one.post("/logout", old=True).expect(204)
    choir(lab).browser().post("/logout").expect(204)
    return "1 login, 1 refresh, 2 logouts"


@check("contract")
def members_are_told_apart(lab: Lab) -> str:
    one, other = choir(lab).browser(), choir(lab).browser()
    one.login()
    access = access_in(lab, other.login(OTHER_LOGIN))
    lab.expect(other.opens(access, OTHER), f"/tickets does not open for member {OTHER}")
    access = access_in(lab, other.post("/refresh").expect(200))
    lab.expect(other.opens(access, OTHER), f"/tickets does not open for member {OTHER} after a refresh")
    lab.expect(not other.opens("abc", OTHER), "/tickets opens with a word for a token")
    lab.expect(not exchanged(one, "a-token-that-nobody-has-made"), "a token that nobody has made was exchanged")
    return "2 members, 2 accounts"


@check("cookie", visible=True)
def the_cookie_is_the_browsers_own(lab: Lab) -> str:
    one = choir(lab).browser()
    expect_cookie(lab, one, one.login())
    return f"{NAME} is kept, for the browser alone"


@check("cookie")
def each_refresh_renews_it(lab: Lab) -> str:
    one = choir(lab).browser()
    one.login()
    before = one.kept()
    expect_cookie(lab, one, one.post("/refresh").expect(200), before.value)
    lab.expect(one.kept().value != before.value, "a refresh left the cookie as it was")
    held = sum(one.kept().value in other.value for other in one.jar.kept.values())
    lab.expect(held == 1, f"{held} cookies hold the refresh token, expected 1")
    return "renewed, in 1 cookie"


def expect_cookie(lab: Lab, one: Browser, answer: Response, *tokens: str) -> None:
    cookie = one.kept()
    lab.expect(not cookie.is_for_scripts, "a script in the page can read the cookie")
    lab.expect(cookie.host_only and cookie.secure, "the cookie goes to other hosts, or over plain HTTP")
    away = one.jar.sent("/refresh", time.time(), method="POST", site="cross-site")
    lab.expect(NAME not in away, "the cookie goes along with requests of other sites")
    lives = (cookie.expires or 0) - time.time()
    told = "for as long as the browser is open" if cookie.expires is None else f"for {lives / 86_400:.1f} days"
    lab.expect(abs(lives - LIFETIME_S) < TOLERANCE_S, f"the cookie lives {told}, expected 30 days")
    lab.expect(cookie.value not in answer.text, f"the answer of {answer.asked} has the refresh token in it")
    lab.expect(not any(token in answer.text for token in tokens), f"the answer of {answer.asked} tells an old token")
    stored = (answer.header("cache-control") or "").lower()
    lab.expect("no-store" in stored, f"{answer.asked} has Cache-Control {stored!r}, so a cache may store a token")


@check("clearing")
def a_logout_leaves_nothing(lab: Lab) -> str:
    one = choir(lab).browser()
    one.login()
    stolen = one.kept().value
    answer = one.post("/logout").expect(204)
    lab.expect(one.session is None, f"after the logout the browser still has the cookie{refusal(one)}")
    lab.expect(not one.jar.kept, f"after the logout the browser has {len(one.jar.kept)} cookies, budget 0")
    lab.expect(stolen not in str(answer.headers), "the answer to the logout has the token in it")
    lab.expect(not exchanged(one, stolen), "the session goes on after the logout: a copied cookie was exchanged")
    return "0 cookies, and the session is over"


@check("clearing")
def so_does_a_refresh_that_is_refused(lab: Lab) -> str:
    one, thief = choir(lab).browser(), choir(lab).browser()
    one.login()
    stolen = one.kept().value
    one.post("/refresh").expect(200)
    lab.expect(not exchanged(thief, stolen), "a spent token was exchanged")
    answer = one.post("/refresh")
    lab.expect(answer.status == 401, f"a refresh of a session that is over was answered {answer.status}, expected 401")
    lab.expect(one.session is None, f"after a refused refresh the browser still has the cookie{refusal(one)}")
    one.login()
    one.post("/refresh").expect(200)
    return "0 cookies after a 401, and the next login works"


def refusal(one: Browser) -> str:
    return f" (it does not obey {one.jar.refused[-1]!r})" if one.jar.refused else ""


def exchanged(one: Browser, token: str) -> bool:
    """Whether *token*, copied from another browser, is exchanged."""
    headers = {"host": HOST, "origin": OWN, "sec-fetch-site": "same-origin", "cookie": f"{NAME}={token}"}
    return one.service.post("/refresh", headers=headers).status == 200


@check("origin")
def pages_of_others_have_no_effect(lab: Lab) -> str:
    one = choir(lab)
    member = one.browser()
    member.login()
    cookie, before, tried = member.kept(), one.state(), 0
    for origin, site, what in OTHERS:
        for path in ("/login", "/refresh", "/logout"):
            body = LOGIN if path == "/login" else None
            for old in (False, True):
                answer = member.post(path, body, origin=origin, site=site, old=old)
                tried += 1
                told = f"{path} from {what} ({origin}) was answered {answer.status}, expected 403"
                lab.expect(answer.status == 403, told)
                lab.expect(not answer.all_headers("set-cookie"), f"{path} from {what} sets a cookie")
                lab.expect(one.state() == before, f"{path} from {what} has changed the database")
    lab.expect(member.kept() == cookie, "a page of another origin has changed the cookie")
    member.post("/refresh").expect(200)
    return f"{tried} of {tried} answered 403, 0 had an effect"


@check("origin")
def a_link_has_no_effect_either(lab: Lab) -> str:
    one = choir(lab)
    member = one.browser()
    member.login()
    before = one.state()
    headers = {"host": HOST, "sec-fetch-site": "same-site", "cookie": f"{NAME}={member.kept().value}"}
    for path in ("/refresh", "/logout", "/login"):
        answer = one.service.get(path, headers=headers)
        lab.expect(answer.status >= 400, f"GET {path} was answered {answer.status}, expected an error")
    lab.expect(one.state() == before, "a GET has changed the database")
    member.post("/logout").expect(204)
    return "3 of 3 refused"
