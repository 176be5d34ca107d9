"""Who opened how many sessions, in which order, and who closed them."""

from __future__ import annotations

from dataclasses import dataclass, field

from greenroom.judge.probes.lab import Lab, check
from greenroom.judge.probes.seats import FailedError, RaisedError
from greenroom.judge.probes.service import Service
from greenroom.judge.probes.upstream import Call, Reply, Upstream


class Services(Upstream):
    """The broker and the ledger; `refused` are the steps that fail, such as `open ledger`."""

    def __init__(self) -> None:
        super().__init__(self._reply)
        self.refused: set[str] = set()
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


@dataclass
class Imported:
    """The project, imported but not started, and what it asked of its services at that."""

    services: Services
    service: Service
    steps: list[str] | None = None
    started: list[str] = field(default_factory=list)

    def ready(self) -> Imported:
        """Itself, when it has been imported."""
        self.service.started()
        if self.steps is None:
            self.steps = list(self.services.steps)
        return self


def importing(lab: Lab) -> Imported:
    services = Services()
    return Imported(services, lab.ahead("app:app", upstream=services, start=False))


def expect_no_calls(lab: Lab, one: Imported) -> None:
    lab.expect(not one.steps, f"{len(one.steps)} calls at import ({', '.join(one.steps)}), budget 0")


def imported(lab: Lab, name: str) -> tuple[Service, Services]:
    """The project in the process *name*, which is stopped, or has not been started at all, with services that work."""
    one: Imported = lab.lasting(name, lambda: importing(lab)).ready()
    expect_no_calls(lab, one)
    one.services.steps.clear()
    one.services.refused.clear()
    return one.service, one.services


def started(lab: Lab) -> Imported:
    """The project when it has been started once."""

    def make() -> Imported:
        one = importing(lab).ready()
        one.service.start_up()
        one.started = list(one.services.steps)
        return one

    return lab.once("started", make)


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
    if not lab.visible_only:
        lab.lasting("stopped", lambda: importing(lab))  # it loads beside the other
    one = started(lab)
    service, services = one.service, one.services
    expect_order(lab, service, services)
    expect_order(lab, service, services)
    lab.expect(services.steps == OPENED + PUT * 2, f"the calls were {services.steps}")
    return "2 orders, 2 sessions"


@check("start", visible=True)
def an_import_opens_nothing(lab: Lab) -> str:
    one = started(lab)
    expect_no_calls(lab, one)
    lab.expect(one.started == OPENED, f"the start's calls were {one.started}, expected {OPENED}")
    return "0 calls at import, 2 at the start"


@check("stop")
def a_stop_closes_in_opposite_order(lab: Lab) -> str:
    service, services = imported(lab, "stopped")
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
    service, services = imported(lab, "stopped")
    service.start_up()
    services.refused.add("close ledger")
    services.steps.clear()
    failed(service.shut_down)
    lab.expect(services.steps == CLOSED, f"the stop's calls were {services.steps}, expected {CLOSED}")
    return "the broker's session is closed although the ledger's is not"


@check("failed")
def a_failed_start_leaves_nothing_open(lab: Lab) -> str:
    service, services = imported(lab, "failing")
    services.refused.add("open ledger")
    for _ in range(2):
        services.steps.clear()
        lab.expect(failed(service.start_up), "the ledger refused, and the start was reported as done")
        wanted = [*OPENED, "close broker"]
        lab.expect(services.steps == wanted, f"the calls were {services.steps}, expected {wanted}")
        lab.expect(not services.open, f"{len(services.open)} sessions left open, budget 0")
    services.refused.clear()
    service.start_up()
    expect_order(lab, service, services)
    service.shut_down()
    return "0 sessions left open, and the third start succeeded"


@check("failed")
def nothing_is_closed_that_was_not_opened(lab: Lab) -> str:
    service, services = imported(lab, "failing")
    services.refused.add("open broker")
    lab.expect(failed(service.start_up), "the broker refused, and the start was reported as done")
    lab.expect(services.steps == ["open broker"], f"the calls were {services.steps}, expected ['open broker']")
    services.steps.clear()
    services.refused = {"open ledger", "close broker"}
    lab.expect(failed(service.start_up), "the ledger refused, and the start was reported as done")
    wanted = [*OPENED, "close broker"]
    lab.expect(services.steps == wanted, f"the calls were {services.steps}, expected {wanted}")
    return "one call when the broker refuses"
