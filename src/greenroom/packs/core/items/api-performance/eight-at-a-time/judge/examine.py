"""A carrier that grants eight calls at a time, and keeps its answers back."""

import random

from greenroom.judge.probes.heartbeat import settle
from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.latency import compare, latencies
from greenroom.judge.probes.service import Exchange, Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream

GRANTED = 8
TIMES = 1.7
HICCUP_S = 0.03


class Carrier(Upstream):
    def __init__(self) -> None:
        super().__init__(self._reply)
        self.failing: set[str] = set()

    def _reply(self, call: Call) -> Reply:
        parcel = call.path.rpartition("/")[2]
        if parcel in self.failing:
            return 503, {"error": "not now"}
        return (404, {"error": "unknown"}) if parcel.startswith("x") else (200, {"state": state(parcel)})


def started(lab: Lab, *, held: bool = True) -> tuple[Service, Carrier]:
    """The service, and a carrier that has heard nothing yet."""

    def make() -> tuple[Service, Carrier]:
        carrier = Carrier()
        return lab.service("app:app", upstream=carrier), carrier

    service, carrier = lab.lasting("started", make)
    carrier.calls.clear()
    carrier.peak, carrier.held, carrier.failing = len(carrier.waiting), held, set()
    return service, carrier


def state(parcel: str) -> str:
    return ("packed", "sent", "customs", "delivered")[sum(map(ord, parcel)) % 4] + f" {len(parcel)}-{ord(parcel[-1])}"


def expected(parcels: list[str], failing: set[str] = frozenset()) -> list[dict[str, str]]:
    def one(parcel: str) -> str:
        return "unavailable" if parcel in failing else "unknown" if parcel.startswith("x") else state(parcel)

    return [{"parcel": parcel, "state": one(parcel)} for parcel in parcels]


def track(service: Service, parcels: list[str]) -> Exchange:
    return service.begin("POST", "/tracking", json_body={"parcels": parcels})


def expect_states(lab: Lab, service: Service, asked: Exchange, wanted: list[dict[str, str]]) -> None:
    lab.expect(service.within(lambda: asked.done), "a request is left waiting")
    found = asked.wait().expect(200).json()
    lab.expect(isinstance(found, list) and len(found) == len(wanted), f"got {str(found)[:200]}")
    wrong = [(one, other) for one, other in zip(found, wanted, strict=True) if one != other]
    lab.expect(
        not wrong, f"{len(wrong)} of {len(wanted)} are wrong or not in order" + (f", first {wrong[0]}" if wrong else "")
    )


def expect_open(lab: Lab, service: Service, carrier: Carrier, wanted: int) -> None:
    """So many calls are open, once everything has come as far as it can."""
    settle(service, 12)
    if not service.within(lambda: len(carrier.waiting) >= wanted, 0.3):
        settle(service, 12)
    seen = len(carrier.waiting)
    lab.expect(seen == wanted, f"{seen} calls are open at once, expected {wanted} of the {GRANTED} granted")


def parcels_of(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [rng.choice(("p", "p", "q", "x")) + str(number) for number in rng.sample(range(10, 9999), count)]


@check("contract", visible=True)
def three_parcels_are_tracked(lab: Lab) -> str:
    service, _ = started(lab, held=False)
    parcels = ["p7", "x1", "q25"]
    expect_states(lab, service, track(service, parcels), expected(parcels))
    return "3 states in order"


@check("bounded", visible=True)
def eight_calls_are_open(lab: Lab) -> str:
    service, carrier = started(lab)
    parcels = [f"p{number}" for number in range(20)]
    asked = track(service, parcels)
    expect_open(lab, service, carrier, GRANTED)
    finish(lab, service, carrier, {asked: expected(parcels)})
    return f"{carrier.peak} calls open at most, {GRANTED} granted"


def finish(lab: Lab, service: Service, carrier: Carrier, asked: dict[Exchange, list[dict[str, str]]]) -> None:
    """Answer everything that is still to come, the last call first, and expect what was asked."""
    while not all(one.done for one in asked):
        lab.expect(
            service.within(lambda: carrier.waiting or all(one.done for one in asked)), "a request is left waiting"
        )
        for call in list(reversed(carrier.waiting)):
            carrier.release(call)
    for one, wanted in asked.items():
        expect_states(lab, service, one, wanted)
    lab.expect(carrier.peak <= GRANTED, f"{carrier.peak} calls open at once, {GRANTED} granted")


@check("contract")
def many_and_none_are_tracked(lab: Lab) -> str:
    service, _ = started(lab, held=False)
    for parcels in (parcels_of(1, 60), [], ["p1", "p1", "x2", "p1"], parcels_of(2, 200)):
        expect_states(lab, service, track(service, parcels), expected(parcels))
    service.post("/tracking", {"parcels": 5}).expect(422)
    return "60, 0, 4 and 200 states in order"


@check("bounded")
def so_are_eight_for_all_requests_together(lab: Lab) -> str:
    service, carrier = started(lab)
    asked = {
        track(service, parcels): expected(parcels)
        for parcels in (parcels_of(3, 20), parcels_of(4, 6), parcels_of(5, 15))
    }
    expect_open(lab, service, carrier, GRANTED)
    finish(lab, service, carrier, asked)
    lab.expect(len(carrier.calls) == 41, f"{len(carrier.calls)} calls for 41 parcels")
    return f"{carrier.peak} calls open at most for 3 requests, {GRANTED} granted"


@check("window")
def a_free_place_is_taken_at_once(lab: Lab) -> str:
    service, carrier = started(lab)
    parcels = parcels_of(6, 24)
    asked = track(service, parcels)
    expect_open(lab, service, carrier, GRANTED)
    slow = carrier.waiting[3]
    for begun in range(9, 25):
        carrier.release(next(call for call in reversed(carrier.waiting) if call is not slow))
        going = service.within(lambda begun=begun: len(carrier.calls) >= begun)
        lab.expect(
            going, f"{len(carrier.waiting)} of {GRANTED} places taken while one call is slow, {24 - begun + 1} to ask"
        )
    lab.expect(carrier.peak <= GRANTED, f"{carrier.peak} calls open at once, {GRANTED} granted")
    finish(lab, service, carrier, {asked: expected(parcels)})
    return "15 calls begun and ended while one was slow"


@check("window")
def customers_at_once_wait_no_longer_than_in_turn(lab: Lab) -> str:
    """The same calls both ways, so the ratio is about 1 on any machine; who waits by the clock for a place is above."""
    service, _ = started(lab, held=False)
    customers = 3

    def wait(number: int) -> Exchange:
        return track(service, parcels_of(30 + number, GRANTED))

    ratio = compare(
        lambda: max(latencies(service, wait, clients=customers, requests=customers)),
        lambda: sum(latencies(service, wait, clients=1, requests=customers)),
        TIMES,
        least=HICCUP_S,
        looks=(2, 4, 8),
    )
    told = f"{customers} customers at once wait {ratio.told(TIMES)}: the same in turn"
    lab.expect(ratio.judged(TIMES) != "above", told)
    return told


@check("failures")
def a_failure_concerns_its_parcel(lab: Lab) -> str:
    service, carrier = started(lab)
    parcels = parcels_of(7, 30)
    failing = {parcels[0], parcels[11], parcels[12], parcels[29]}
    carrier.failing = set(list(sorted(failing))[:2])
    asked = track(service, parcels)
    while not asked.done:
        lab.expect(service.within(lambda: carrier.waiting or asked.done), "a request is left waiting")
        for call in list(carrier.waiting):
            parcel = call.path.rpartition("/")[2]
            if parcel in failing - carrier.failing:
                carrier.refuse(call, "timeout" if parcel == max(failing) else "connect")
            else:
                carrier.release(call)
    expect_states(lab, service, asked, expected(parcels, failing))
    other = parcels_of(8, 20)
    carrier.failing = set()
    again = track(service, other)
    expect_open(lab, service, carrier, GRANTED)
    finish(lab, service, carrier, {again: expected(other)})
    return "4 of 30 unavailable, 26 as they are"


@check("gone")
def nothing_is_asked_for_who_is_gone(lab: Lab) -> str:
    service, carrier = started(lab)
    for turn in range(3):
        asked = track(service, parcels_of(10 + turn, 40))
        expect_open(lab, service, carrier, GRANTED)
        before = len(carrier.calls)
        asked.disconnect()
        service.within(lambda asked=asked: asked.done)
        settle(service, 12)
        carrier.release()
        settle(service, 12)
        more = len(carrier.calls) - before
        lab.expect(more == 0, f"{more} calls begun for a client that is gone, budget 0")
    parcels = parcels_of(20, 20)
    asked = track(service, parcels)
    expect_open(lab, service, carrier, GRANTED)
    finish(lab, service, carrier, {asked: expected(parcels)})
    return "0 calls for clients that are gone, and all places given back"
