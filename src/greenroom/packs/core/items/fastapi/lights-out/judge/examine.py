"""Who opened how many sessions, in which order, and who closed them."""

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError, RaisedError
from greenroom.judge.probes.service import Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream


class Services(Upstream):
    """The broker and the ledger; `refused` are the steps that fail, such as `open ledger`."""

    def __init__(self, *refused: str) -> None:
        super().__init__(self._reply)
        self.refused = set(refused)
        self.steps: list[str] = []
        self.open: set[tuple[str, int]] = set()
        self.given = 100

    def _reply(self, call: Call) -> Reply:
        name = call.url.split("/")[2]
        parts = call.path.strip("/").split("/")
        step = {"DELETE": "close"}.get(call.method, "open" if len(parts) == 1 else "put") + f" {name}"
        self.steps.append(step)
        if len(parts) > 1 and (name, int(parts[1])) not in self.open:
            return 404, {"error": "no such session"}
        if step in self.refused:
            return 503, {"error": "not now"}
        if step.startswith("open"):
            self.given += 1
            self.open.add((name, self.given))
            return 201, {"id": self.given}
        if step.startswith("close"):
            self.open.discard((name, int(parts[1])))
            return 200, {}
        return 201, {"number": 7 * self.given + len(self.steps)}


def imported(lab: Lab, services: Services) -> Service:
    service = lab.service("app:app", upstream=services, start=False)
    lab.expect(not services.steps, f"{len(services.steps)} calls at import ({', '.join(services.steps)}), budget 0")
    return service


def failed(act) -> bool:
    """Whether the start or the stop ends with an error."""
    try:
        act()
    except (FailedError, RaisedError):
        return True
    return False


def expect_order(lab: Lab, service: Service, services: Services) -> None:
    made = service.post("/orders", {"cents": 1250}).expect(201).json()
    number = 7 * services.given + len(services.steps)
    lab.expect(made == {"message": number - 1, "entry": number}, f"got {made}")


OPENED, CLOSED, PUT = ["open broker", "open ledger"], ["close ledger", "close broker"], ["put broker", "put ledger"]


@check("contract", visible=True)
def an_order_is_taken(lab: Lab) -> str:
    services = Services()
    service = lab.service("app:app", upstream=services)
    expect_order(lab, service, services)
    expect_order(lab, service, services)
    lab.expect(services.steps == OPENED + PUT * 2, f"the calls were {services.steps}")
    return "2 orders, 2 sessions"


@check("start", visible=True)
def an_import_opens_nothing(lab: Lab) -> str:
    services = Services()
    service = imported(lab, services)
    service.start_up()
    lab.expect(services.steps == OPENED, f"the start's calls were {services.steps}, expected {OPENED}")
    return "0 calls at import, 2 at the start"


@check("stop")
def a_stop_closes_in_opposite_order(lab: Lab) -> str:
    services = Services()
    service = imported(lab, services)
    for _ in range(2):
        services.steps.clear()
        service.start_up()
        expect_order(lab, service, services)
        service.shut_down()
        lab.expect(services.steps == OPENED + PUT + CLOSED, f"from start to stop the calls were {services.steps}")
        lab.expect(not services.open, f"{len(services.open)} sessions left open, budget 0")
    return "started and stopped twice, 0 sessions left open"


@check("stop")
def a_session_that_cannot_be_closed_keeps_no_other_open(lab: Lab) -> str:
    services = Services("close ledger")
    service = imported(lab, services)
    service.start_up()
    services.steps.clear()
    failed(service.shut_down)
    lab.expect(services.steps == CLOSED, f"the stop's calls were {services.steps}, expected {CLOSED}")
    return "the broker's session is closed although the ledger's is not"


@check("failed")
def a_failed_start_leaves_nothing_open(lab: Lab) -> str:
    services = Services("open ledger")
    service = imported(lab, services)
    for _ in range(2):
        services.steps.clear()
        lab.expect(failed(service.start_up), "the ledger refused, and the start was reported as done")
        wanted = [*OPENED, "close broker"]
        lab.expect(services.steps == wanted, f"the calls were {services.steps}, expected {wanted}")
        lab.expect(not services.open, f"{len(services.open)} sessions left open, budget 0")
    services.refused.clear()
    service.start_up()
    expect_order(lab, service, services)
    return "0 sessions left open, and the third start succeeded"


@check("failed")
def nothing_is_closed_that_was_not_opened(lab: Lab) -> str:
    services = Services("open broker")
    service = imported(lab, services)
    lab.expect(failed(service.start_up), "the broker refused, and the start was reported as done")
    lab.expect(services.steps == ["open broker"], f"the calls were {services.steps}, expected ['open broker']")
    services = Services("open ledger", "close broker")
    service = imported(lab, services)
    lab.expect(failed(service.start_up), "the ledger refused, and the start was reported as done")
    wanted = [*OPENED, "close broker"]
    lab.expect(services.steps == wanted, f"the calls were {services.steps}, expected {wanted}")
    return "one call when the broker refuses"
