"""A slow partner, and what the service can still do meanwhile."""

from greenroom.judge.probes.heartbeat import beats, most
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream

MANY = 60


class Partners(Upstream):
    """The exchange and the bank, with prices that can move."""

    def __init__(self, prices: dict[str, int], rates: dict[str, float]) -> None:
        super().__init__(self._reply)
        self.prices, self.rates = prices, rates

    def _reply(self, call: Call) -> Reply:
        if call.path == "/rate":
            return 200, {"rate": self.rates[call.query["to"]]}
        symbol = call.path.rpartition("/")[2]
        return (200, {"cents": self.prices[symbol]}) if symbol in self.prices else (404, {"detail": "unknown"})


def served(lab: Lab, prices: dict[str, int], rates: dict[str, float], *, held: bool = False) -> tuple[Service, Partners]:
    """The service, and its partners with these figures."""

    def make() -> tuple[Service, Partners]:
        partners = Partners({}, {})
        return lab.service("app:app", upstream=partners), partners

    service, partners = lab.lasting("served", make)
    partners.prices, partners.rates, partners.held = prices, rates, held
    partners.calls.clear()
    return service, partners


def expect_quote(lab: Lab, found: object, symbol: str, currency: str, cents: int) -> None:
    wanted = {"symbol": symbol, "currency": currency, "cents": cents}
    lab.expect(found == wanted, f"got {found}, expected {wanted}")


@check("contract", visible=True)
def a_quote_is_right(lab: Lab) -> str:
    service, _ = served(lab, {"ACME": 1000}, {"eur": 0.9})
    expect_quote(lab, service.get("/quotes/ACME").expect(200).json(), "ACME", "eur", 900)
    service.get("/quotes/NOPE").expect(404)
    return "900 cents, and 404 for an unknown symbol"


@check("alive", visible=True)
def others_are_served_meanwhile(lab: Lab) -> str:
    expect_alive(lab)
    return "/health and a second quote go on while the first one waits"


def what_stops_others(lab: Lab) -> str:
    """What is wrong while one quote waits for a partner; empty when nothing is."""
    service, partners = served(lab, {"INIT": 2500, "GLOB": 700}, {"chf": 0.8}, held=True)
    first = service.begin("GET", "/quotes/INIT", query={"currency": "chf"})
    if not service.within(lambda: partners.waiting or first.done) or first.done:
        return "a quote was made and no partner asked"
    health = service.begin("GET", "/health")
    loop = beats(service, 5)
    if loop.unanswered or not service.within(lambda: health.done):
        return f"a partner is slow, and /health is not answered: the loop answers {loop.answered} of {loop.sent} pings"
    second = service.begin("GET", "/quotes/GLOB", query={"currency": "chf"})
    if not service.within(lambda: second.done or any(call.path == "/price/GLOB" for call in partners.calls)):
        return "while one quote waits, a second one is not even begun"
    partners.held = False
    partners.release()
    expect_quote(lab, first.wait().expect(200).json(), "INIT", "chf", 2000)
    expect_quote(lab, second.wait().expect(200).json(), "GLOB", "chf", 560)
    return ""


def expect_alive(lab: Lab) -> None:
    problem = lab.once("problem", lambda: what_stops_others(lab))
    lab.expect(not problem, problem)


@check("contract")
def figures_are_fresh_and_errors_are_told(lab: Lab) -> str:
    service, partners = served(lab, {"UMBR": 1999, "HOOL": 31}, {"eur": 0.91, "gbp": 0.77})
    expect_quote(lab, service.get("/quotes/UMBR", query={"currency": "gbp"}).expect(200).json(), "UMBR", "gbp", 1539)
    partners.prices["UMBR"], partners.rates["gbp"] = 2111, 0.75
    expect_quote(lab, service.get("/quotes/UMBR", query={"currency": "gbp"}).expect(200).json(), "UMBR", "gbp", 1583)
    service.get("/quotes/VOID").expect(404)
    for gone in ("/price/HOOL", "/rate"):
        partners.held = True
        asked = service.begin("GET", "/quotes/HOOL")
        while not asked.done:
            service.until(lambda: partners.waiting or asked.done)
            for call in list(partners.waiting):
                partners.refuse(call) if call.path == gone else partners.release(call)
        asked.wait().expect(503)
        partners.held = False
    return "fresh figures, 404 for an unknown symbol, 503 when either partner is gone"


@check("together")
def both_partners_are_asked_at_once(lab: Lab) -> str:
    expect_alive(lab)
    service, partners = served(lab, {"WAYN": 4200}, {"sek": 9.5}, held=True)
    asked = service.begin("GET", "/quotes/WAYN", query={"currency": "sek"})
    service.within(lambda: partners.waiting or asked.done)
    seen = most(service, lambda: len(partners.waiting), 2)
    lab.expect(seen == 2, f"{seen} of 2 partners asked while none has answered")
    for call in sorted(partners.waiting, key=lambda call: call.path, reverse=True):  # the rate first
        partners.release(call)
    expect_quote(lab, asked.wait().expect(200).json(), "WAYN", "sek", 39900)
    return "2 of 2 partners asked while none has answered"


@check("many")
def sixty_quotes_wait_at_once(lab: Lab) -> str:
    expect_alive(lab)
    prices = {f"S{number}": 100 + 7 * number for number in range(MANY)}
    service, partners = served(lab, prices, {"eur": 2.0}, held=True)
    asked = {symbol: service.begin("GET", f"/quotes/{symbol}") for symbol in prices}

    def waiting() -> int:
        """Quotes with a call on its way, whichever of the two is made first."""
        return max(sum(call.path.startswith(start) for call in partners.waiting) for start in ("/price/", "/rate"))

    seen = most(service, waiting, MANY)
    lab.expect(seen == MANY, f"{seen} quotes waiting at once, {MANY} wanted")
    partners.held = False
    partners.release()
    for symbol, one in asked.items():
        expect_quote(lab, one.wait().expect(200).json(), symbol, "eur", 2 * prices[symbol])
    return f"{seen} quotes waiting at once, {MANY} wanted"
