"""Ids of requests: in the response, at the catalogue, apart from each other."""

import re

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.service import Exchange, Response, Service
from greenroom.judge.probes.upstream import Call, Upstream


def value_of(path: str) -> int:
    return sum(map(ord, path)) % 997


def catalogue() -> Upstream:
    return Upstream(lambda call: (200, {"value": value_of(call.path)}))


def told(call: Call) -> list[str]:
    """The ids that the catalogue was told."""
    return [value for name, value in call.asked["headers"] if name.lower() == "x-request-id"]


def last_told(outside: Upstream) -> list[str]:
    return told(outside.calls[-1]) if outside.calls else []


def expect_id(lab: Lab, answer: Response, wanted: str | None = None) -> str:
    found = answer.all_headers("X-Request-ID")
    lab.expect(len(found) == 1, f"{answer.asked} has {len(found)} headers X-Request-ID, expected 1")
    fits = found[0] == wanted if wanted is not None else re.fullmatch(r"[\w.-]{1,64}", found[0], re.ASCII)
    lab.expect(fits, f"{answer.asked} has the id {found[0]!r}, expected {wanted or 'one of ours'}")
    return found[0]


def main_service(lab: Lab, *, held: bool = False) -> tuple[Service, Upstream]:
    """The service, and a catalogue that has heard nothing yet."""

    def make() -> tuple[Service, Upstream]:
        outside = catalogue()
        return lab.service("app:app", upstream=outside), outside

    service, outside = lab.lasting("service", make)
    outside.calls.clear()
    outside.held = held
    return service, outside


@check("contract", visible=True)
def an_id_is_handed_on(lab: Lab) -> str:
    service, outside = main_service(lab)
    answer = service.get("/items/tea", headers={"X-Request-ID": "Order-17.a"}).expect(200)
    expect_id(lab, answer, "Order-17.a")
    lab.expect(answer.json() == {"cents": value_of("/price/tea"), "left": value_of("/stock/tea")}, answer.text)
    seen = [told(call) for call in outside.calls]
    lab.expect(seen == [["Order-17.a"]] * 2, f"the catalogue was told {seen}")
    return "in the response and in 2 calls"


@check("apart", visible=True)
def two_requests_at_once_keep_their_ids(lab: Lab) -> str:
    return keep_their_ids(lab, {"tea": "first", "rye": "second"})


@check("contract")
def every_response_has_one(lab: Lab) -> str:
    service, outside = main_service(lab)
    seen = set()
    for number in range(12):
        answer = service.get(f"/items/s{number}").expect(200)
        seen.add(expect_id(lab, answer))
        lab.expect(last_told(outside) == [expect_id(lab, answer)], "the catalogue was told another id")
        cookies = [one.partition(";")[0] for one in answer.all_headers("Set-Cookie")]
        lab.expect(cookies == [f"seen=s{number}", "shop=main"], f"the cookies are {cookies}")
        lab.expect(answer.header("Content-Type") == "application/json", "the content type is gone")
    lab.expect(len(seen) == 12, f"{len(seen)} ids for 12 requests, expected 12")
    for path, status in (("/nowhere", 404), ("/broken/known", 410), ("/broken/badly", 500)):
        expect_id(lab, service.get(path, headers=[("x-request-id", "e-5")]).expect(status), "e-5")
    return "12 ids for 12 requests, and one each for 404, 410 and 500"


@check("apart")
def many_requests_at_once_keep_their_ids(lab: Lab) -> str:
    return keep_their_ids(lab, {f"k{number * 37 % 101}": f"id-{number * 53 % 89}" for number in range(20)})


def keep_their_ids(lab: Lab, ids: dict[str, str]) -> str:
    service, outside = main_service(lab, held=True)
    asked = {sku: service.begin("GET", f"/items/{sku}", headers={"X-Request-ID": one}) for sku, one in ids.items()}
    service.until(lambda: len(outside.waiting) == len(ids) or all(one.done for one in asked.values()))
    for call in list(reversed(outside.waiting)):
        outside.release(call)
    outside.held = False
    stocks = len(ids) * 2
    service.until(lambda: len(outside.calls) == stocks or all(one.done for one in asked.values()))
    outside.release()
    for sku, one in asked.items():
        expect_id(lab, one.wait().expect(200), ids[sku])
    mixed = [call for call in outside.calls if told(call) != [ids[call.path.rpartition("/")[2]]]]
    lab.expect(not mixed, f"{len(mixed)} of {len(outside.calls)} calls have the id of another request")
    lab.expect(len(outside.calls) == stocks, f"{len(outside.calls)} calls, expected {stocks}")
    return f"{stocks} calls, all with their own id"


@check("stream")
def parts_come_one_by_one(lab: Lab) -> str:
    service, outside = main_service(lab, held=True)
    asked = service.begin("GET", "/export", query={"skus": "oat,fig,yam"}, headers={"X-Request-ID": "ex-3"})
    text = ["sku,cents\n"] + [f"{sku},{value_of('/price/' + sku)}\n" for sku in ("oat", "fig", "yam")]
    for number in range(1, 4):
        service.until(lambda: outside.waiting or asked.done)
        seen = service.within(lambda number=number: has(asked, text[:number]))
        lab.expect(seen, f"{len(asked.parts)} parts have come while {number} are there")
        lab.expect(asked.status == 200, "the response has not begun")
        lab.expect(last_told(outside) == ["ex-3"], "the catalogue was told another id")
        outside.release()
    answer = asked.wait()
    lab.expect(answer.text == "".join(text) and answer.complete, f"got {answer.text!r}")
    expect_id(lab, answer, "ex-3")
    return "4 parts, each as soon as it was there"


def has(asked: Exchange, text: list[str]) -> bool:
    return b"".join(asked.parts).decode() == "".join(text)


@check("lifespan")
def start_and_stop_reach_the_shop(lab: Lab) -> str:
    outside = catalogue()
    service = lab.service("app:app", upstream=outside)
    lab.expect(service.get("/health").expect(200).json() == {"warm": True}, "the shop is not warm after its start")
    service.shut_down()
    said = [call.path for call in outside.calls]
    lab.expect(said == ["/goodbye"], f"at the end the catalogue heard {said}, expected ['/goodbye']")
    return "warm after the start, goodbye at the end"


@check("trust")
def odd_ids_are_replaced(lab: Lab) -> str:
    service, outside = main_service(lab)
    odd = ["", " ", "a b", "x" * 65, "é", "a\nb", "abc\n", "{x}", "a;b", "a/b", "\t"]
    for one in odd:
        answer = service.get("/items/fig", headers={"X-Request-ID": one}).expect(200)
        found = expect_id(lab, answer)
        lab.expect(found != one.strip() and last_told(outside) == [found], f"the id {one!r} was taken")
    for one in ("x" * 64, "A.z_0-9", "-"):
        expect_id(lab, service.get("/items/fig", headers={"X-Request-ID": one}), one)
    return f"{len(odd)} of {len(odd)} replaced, 3 of 3 kept"
