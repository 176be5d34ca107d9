"""Many requests for rates, a bank that is slow, and a clock that the examiner sets."""

from greenroom.judge.probes.heartbeat import settle
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream


class Bank(Upstream):
    """Each call of a currency gives another rate: its serial number, times 1000, and a number for the name."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.status = 200
        self.times: dict[str, int] = {}

    def _reply(self, call: Call) -> Reply:
        name = call.path.rpartition("/")[2]
        if self.status != 200:
            return self.status, {"error": "closed"}
        self.times[name] = self.times.get(name, 0) + 1
        return 200, self.rate(name)

    def rate(self, name: str) -> dict[str, object]:
        return {"currency": name, "rate": 1000 * self.times.get(name, 0) + sum(map(ord, name)) % 97}

    def asked(self, name: str) -> int:
        return sum(call.path == f"/rates/{name}" for call in self.calls)


def started(lab: Lab, *, held: bool = False) -> tuple[Service, Bank]:
    """The service and the bank, at second 0. Each check has currencies of its own."""

    def make() -> tuple[Service, Bank]:
        bank = Bank()
        return lab.service("app:app", upstream=bank), bank

    service, bank = lab.lasting("started", make)
    bank.held, bank.status = held, 200
    set_clock(service, 0)
    return service, bank


def set_clock(service: Service, seconds: float) -> None:
    service.request("PUT", "/clock", json_body={"seconds": seconds}).expect(200)


def all_wait(lab: Lab, service: Service, bank: Bank, name: str, count: int) -> list[Exchange]:
    """So many requests for *name*, when all have got as far as they can."""
    before = bank.asked(name)
    asked = [service.begin("GET", f"/rates/{name}") for _ in range(count)]
    service.within(lambda: bank.asked(name) > before or all(one.done for one in asked))
    lab.expect(bank.asked(name) > before, f"{count} requests, and the bank is not asked")
    settle(service)
    return asked


def expect_answers(lab: Lab, service: Service, asked: list[Exchange], status: int, content: object = None) -> None:
    service.within(lambda: all(one.done for one in asked))
    left = sum(not one.done for one in asked)
    lab.expect(left == 0, f"{left} of {len(asked)} requests are left waiting, budget 0")
    for one in asked:
        answer = one.wait().expect(status)
        lab.expect(content is None or answer.json() == content, f"got {answer.text[:120]}, expected {content}")


@check("contract", visible=True)
def a_rate_is_kept_for_a_minute(lab: Lab) -> str:
    service, bank = started(lab)
    for seconds, calls in ((0, 1), (59, 1), (60, 2), (100, 2), (119.5, 2), (121, 3)):
        set_clock(service, seconds)
        found = service.get("/rates/eur").expect(200).json()
        lab.expect(bank.asked("eur") == calls, f"{bank.asked('eur')} calls until second {seconds}, expected {calls}")
        lab.expect(found == bank.rate("eur"), f"at second {seconds} got {found}, expected {bank.rate('eur')}")
    return "3 calls for 6 requests"


@check("single", visible=True)
def ten_requests_make_one_call(lab: Lab) -> str:
    return one_call(lab, "chf", 10)


@check("contract")
def the_minute_begins_when_the_rate_comes(lab: Lab) -> str:
    service, bank = started(lab, held=True)
    asked = service.begin("GET", "/rates/nok")
    service.until(lambda: bank.waiting or asked.done)
    set_clock(service, 40)
    bank.release()
    bank.held = False
    lab.expect(asked.wait().expect(200).json() == bank.rate("nok"), "the rate is not right")
    for seconds, calls in ((99, 1), (100, 2)):
        set_clock(service, seconds)
        service.get("/rates/nok").expect(200)
        lab.expect(bank.asked("nok") == calls, f"{bank.asked('nok')} calls until second {seconds}, expected {calls}")
    return "kept for 60 seconds from when it came"


@check("single")
def so_do_forty_when_it_has_expired(lab: Lab) -> str:
    return one_call(lab, "sek", 40)


def one_call(lab: Lab, name: str, count: int) -> str:
    service, bank = started(lab, held=True)
    for seconds, calls in ((0, 1), (75, 2)):
        set_clock(service, seconds)
        asked = all_wait(lab, service, bank, name, count)
        seen = bank.asked(name)
        lab.expect(seen == calls, f"{seen - calls + 1} calls for {count} requests at once, budget 1")
        bank.release()
        expect_answers(lab, service, asked, 200, bank.rate(name))
    lab.expect(bank.asked(name) == 2, f"{bank.asked(name)} calls in all, budget 2")
    return f"1 call for {count} requests at once, cold and expired"


@check("errors")
def failures_are_told_and_forgotten(lab: Lab) -> str:
    service, bank = started(lab, held=True)
    for _ in range(2):
        asked = all_wait(lab, service, bank, "dkk", 8)
        bank.held, bank.status = False, 503
        bank.release()
        expect_answers(lab, service, asked, 502)
        bank.held = True
    asked = all_wait(lab, service, bank, "dkk", 8)
    bank.held = False
    for call in list(bank.waiting):
        bank.refuse(call)
    expect_answers(lab, service, asked, 502)
    bank.status = 200
    found = service.get("/rates/dkk").expect(200).json()
    lab.expect(found == bank.rate("dkk"), f"after the failures got {found}")
    calls = bank.asked("dkk")
    lab.expect(service.get("/rates/dkk").expect(200).json() == found, "the rate is not kept")
    lab.expect(bank.asked("dkk") == calls, "the rate is not kept after a failure")
    return "24 of 24 told, and the next request got its rate"


@check("keys")
def other_keys_go_on(lab: Lab) -> str:
    service, bank = started(lab, held=True)
    slow = all_wait(lab, service, bank, "jpy", 3)
    stuck = list(bank.waiting)
    for name in ("gbp", "usd"):
        asked = service.begin("GET", f"/rates/{name}")
        lab.expect(service.within(lambda name=name: bank.asked(name)), f"{name} is not asked for while jpy is slow")
        for call in [one for one in bank.waiting if one not in stuck]:
            bank.release(call)
        expect_answers(lab, service, [asked], 200, bank.rate(name))
        kept = service.begin("GET", f"/rates/{name}")
        expect_answers(lab, service, [kept], 200, bank.rate(name))
    bank.release()
    expect_answers(lab, service, slow, 200, bank.rate("jpy"))
    return "2 other rates loaded while one is slow"


@check("gone")
def the_first_client_goes_away(lab: Lab) -> str:
    service, bank = started(lab, held=True)
    first = service.begin("GET", "/rates/pln")
    service.until(lambda: bank.waiting or first.done)
    others = [service.begin("GET", "/rates/pln") for _ in range(6)]
    settle(service)
    first.disconnect()
    service.within(lambda: first.done)
    settle(service)
    bank.held = False
    bank.release()
    expect_answers(lab, service, others, 200)
    lab.expect(len({one.wait().text for one in others}) == 1, "those who waited got different rates")
    calls = bank.asked("pln")
    lab.expect(calls <= 2, f"{calls} calls after the first client went away, budget 2")
    second = service.begin("GET", "/rates/pln")
    expect_answers(lab, service, [second], 200, bank.rate("pln"))
    return "6 of 6 got their rate"
