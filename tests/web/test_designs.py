"""A design round over HTTP: reading, editing, the lock of the estimates, runs that count for nothing, the answer."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx
import pytest
from tests.items import STARTER_DESIGN, write_design_item, write_pack
from tests.web.api_site import Site, open_site

from greenroom.bank.models import Item
from greenroom.interview import designs
from greenroom.interview.turns import Turn
from greenroom.simulator.commitments import Commitment
from greenroom.simulator.rehearsing import rehearsed

pytestmark = pytest.mark.anyio

LOCKED = STARTER_DESIGN.replace("estimate: {}", "estimate: {peak_rps: 60, postgres_busy_cores: 0.2}\nbottleneck: api")


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    pack = tmp_path_factory.mktemp("pack")
    write_pack(pack)
    write_design_item(pack / "items" / "ml-systems" / "keep-the-shop-open")
    async with open_site(tmp_path_factory.mktemp("site"), packs=[pack]) as opened:
        yield opened


@dataclass
class Seat:
    """A candidate in a design round."""

    site: Site
    http: httpx.AsyncClient
    round_id: str

    @property
    def item(self) -> Item:
        return next(one for one in self.site.work.catalogue.items if one.slug == "keep-the-shop-open")

    async def ask(self, what: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/rounds/{self.round_id}/design/{what}", json=body)

    async def ran(self, **body: Any) -> dict[str, Any]:
        """The last event of a run."""
        answer = await self.ask("run", **body)
        assert answer.status_code == 202, answer.text
        run_id = answer.json()["stream"].split("/")[-2]
        return await self.last(f"{self.round_id}/{run_id}")

    async def last(self, channel: str) -> dict[str, Any]:
        async with asyncio.timeout(240):
            events = [event async for event in self.site.app.state.channels.listen(channel)]
        return dict(events[-1].data)


@pytest.fixture
async def seat(site: Site) -> AsyncIterator[Seat]:
    http = await site.member()
    async with http:
        me = (await http.get("/api/v1/me")).json()["id"]
        now, item = site.work.clock.now(), Seat(site, http, "").item
        made = await site.work.interviews.create_with(me, [item], now=now)
        opened = await site.work.interviews.begin(me, made.id, now)
        assert opened is not None
        yield Seat(site, http, opened.id)


async def test_the_page_has_the_starter_and_what_it_is_held_to(seat: Seat) -> None:
    page = (await seat.http.get(f"/rounds/{seat.round_id}")).text
    assert "# Start here; comments stay." in page
    for said in ("kill async_api/1", "Cost a month at most 900 USD", 'data-estimate="postgres_busy_cores"'):
        assert said in page


async def test_a_text_becomes_a_drawing_or_problems_with_their_lines(seat: Seat) -> None:
    drawn = (await seat.ask("read", text=STARTER_DESIGN)).json()
    assert [one["name"] for one in drawn["drawing"]["nodes"]] == ["api", "db"]
    wrong = (await seat.ask("read", text=STARTER_DESIGN.replace("postgres", "postgras"))).json()
    assert wrong["drawing"] is None
    assert wrong["problems"][0]["line"] == 6
    assert "postgres" in wrong["problems"][0]["mend"]


async def test_an_edit_gives_the_text_with_its_comments_and_its_drawing(seat: Seat) -> None:
    made = await seat.ask("edit", text=STARTER_DESIGN, does="set-field", name="api", field="copies", value="3")
    assert made.json()["text"] == STARTER_DESIGN.replace("copies: 2", "copies: 3")
    assert made.json()["drawing"]["nodes"][0]["size"] == 3
    refused = await seat.ask("edit", text=STARTER_DESIGN, does="rename-node", name="api", value="db")
    assert refused.status_code == 422
    assert "db" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("read", {"text": "x" * 64_001}),
        ("edit", {"text": "x", "does": "explode"}),
        ("run", {"text": STARTER_DESIGN, "changes": {"faults": 1}}),
        ("run", {"text": STARTER_DESIGN, "changes": {"nodes.api.copies.more": 1}}),
        ("run", {"text": STARTER_DESIGN, "changes": {f"nodes.n{n}.copies": 1 for n in range(21)}}),
        ("run", {"text": "nodes: {"}),
        ("run", {"text": STARTER_DESIGN.replace("copies: 2", "copies: 0")}),
    ],
)
async def test_what_is_too_much_or_no_design_is_refused(seat: Seat, what: str, body: dict[str, Any]) -> None:
    assert (await seat.ask(what, **body)).status_code == 422
    assert await seat.site.work.interviews.commitment(None, seat.round_id) is None


async def test_the_first_run_locks_what_was_estimated_for_every_later_one(seat: Seat) -> None:
    early = await seat.ask("run", text=LOCKED, quick=True)
    assert early.status_code == 409
    first = (await seat.ran(text=LOCKED))["run"]
    assert first["bottleneck_named"] == "api"
    assert [one["estimate"] for one in first["estimates"]] == [60, 0.2]
    assert [one["fault"] for one in first["faults"]] == ["kill api/1"]
    changed = (
        LOCKED.replace("0.2}", "0.9}").replace("bottleneck: api", "bottleneck: db").replace("copies: 2", "copies: 3")
    )
    second = (await seat.ran(text=changed))["run"]
    assert second["bottleneck_named"] == "api"
    assert [one["estimate"] for one in second["estimates"]] == [60, 0.2]
    assert second["nodes"]["api"]["copies"] == 3
    what_if = (await seat.ran(text=changed, quick=True, changes={"nodes.api.copies": 1}))["run"]
    assert (what_if["quick"], what_if["faults"], what_if["nodes"]["api"]["copies"]) == (True, [], 1)


async def test_a_run_that_is_stopped_says_so_and_counts_for_nothing(seat: Seat) -> None:
    begun, ended = threading.Event(), threading.Event()
    committed = Commitment({}, None)
    rehearsal = designs.rehearsal(seat.site.work.answering.engine, seat.item, LOCKED, committed)

    def slow(turn: Turn) -> dict[str, Any]:
        begun.set()
        turn.cancel.wait(60)
        found = rehearsal(turn)
        ended.set()
        return found

    run_id = seat.site.app.state.tries.begin(await _me(seat), seat.round_id, slow)
    await asyncio.to_thread(begun.wait, 60)
    assert (await seat.ask("stop")).json() == {"stopped": True}
    assert (await seat.last(f"{seat.round_id}/{run_id}"))["message"] == designs.STOPPED
    assert await asyncio.to_thread(ended.wait, 60)
    place = await seat.site.work.interviews.place(await _me(seat), seat.round_id)
    assert place.round.submissions == ()


class Listener:
    """A turn, and what is said in it."""

    def __init__(self, seat: Seat) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.cancel = threading.Event()
        place = seat.site.work.answering.judge.queue()
        self.turn = Turn(self._say, self._say, place, self.cancel)

    def _say(self, name: str, data: dict[str, Any]) -> None:
        self.said.append((name, data))

    @property
    def courses(self) -> list[dict[str, Any]]:
        return [data["course"] for name, data in self.said if name == "progress" and data["course"] is not None]


@pytest.fixture
async def listener(seat: Seat) -> AsyncIterator[Listener]:
    one = Listener(seat)
    yield one
    one.turn.place.leave()


async def test_a_run_tells_its_course_and_its_result_is_as_if_it_had_not(
    seat: Seat, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(designs, "SAY_EVERY_S", 0.0)
    engine, committed = seat.site.work.answering.engine, Commitment({}, None)
    found = await asyncio.to_thread(designs.rehearsal(engine, seat.item, LOCKED, committed), listener.turn)
    assert found["run"] == rehearsed(designs.spec_of(seat.item), LOCKED, committed)
    assert [len(one["over_time"]["p99_ms"]) for one in listener.courses[:3]] == [1, 2, 3]
    assert listener.courses[0]["faults"] == [{"fault": "kill api/1", "at_s": 4.0, "for_s": 1.0}]
    last = listener.courses[-1]
    assert (last["run"], last["runs"], last["seconds"]) == (5, 5, 7.0)
    assert max(len(json.dumps(one)) for one in listener.courses) < 2_000


async def test_a_run_says_how_far_it_is_a_few_times_a_second_and_no_more(
    seat: Seat, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(n * designs.SAY_EVERY_S / 3 for n in range(10_000))
    monkeypatch.setattr(designs, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    engine, committed = seat.site.work.answering.engine, Commitment({}, None)
    await asyncio.to_thread(engine.make_ready)
    await asyncio.to_thread(designs.rehearsal(engine, seat.item, LOCKED, committed), listener.turn)
    looked = next(clock) / designs.SAY_EVERY_S * 3
    said = [data for name, data in listener.said if name == "progress"]
    assert looked >= 5 * 8  # five seeds, seven seconds and the end
    assert looked / 4 <= len(said) <= looked / 3 + 1


async def test_a_quick_run_tells_no_course(seat: Seat, listener: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(designs, "SAY_EVERY_S", 0.0)
    engine, committed = seat.site.work.answering.engine, Commitment({}, None)
    await asyncio.to_thread(designs.rehearsal(engine, seat.item, LOCKED, committed, quick=True), listener.turn)
    assert listener.said
    assert listener.courses == []


async def _me(seat: Seat) -> str:
    return str((await seat.http.get("/api/v1/me")).json()["id"])


async def test_an_answer_is_simulated_with_what_was_locked_and_the_debrief_explains_it(seat: Seat) -> None:
    await seat.ran(text=LOCKED)
    later = LOCKED.replace("peak_rps: 60", "peak_rps: 9000").replace("bottleneck: api", "bottleneck: db")
    answer = await seat.http.post(
        f"/rounds/{seat.round_id}/submit", data={"source": later}, headers={"accept": "application/json"}
    )
    await seat.last(answer.json()["stream"].split("/")[-2])
    place = await seat.site.work.interviews.place(await _me(seat), seat.round_id)
    findings = {one.point: one.earned for one in place.round.submissions[0].findings}
    assert findings == {"estimates": 1.0, "steady": 1.0, "bottleneck": 1.0}
    assert place.round.closed_at is not None
    page = (await seat.http.get(f"/rounds/{seat.round_id}/debrief")).text
    assert "Utilisation law: api" in page
    assert "60 was said, it is 60" in page
    interview = place.interview.id
    await seat.http.post(f"/interviews/{interview}/finish")
    assert "Keep the shop open" in (await seat.http.get(f"/interviews/{interview}/report")).text


async def test_an_answer_that_is_no_design_leaves_the_round_open(seat: Seat) -> None:
    answer = await seat.http.post(
        f"/rounds/{seat.round_id}/submit", data={"source": "nodes: {"}, headers={"accept": "application/json"}
    )
    done = await seat.last(answer.json()["stream"].split("/")[-2])
    assert "not YAML" in done["message"]
    page = await seat.http.get(f"/rounds/{seat.round_id}")
    assert page.status_code == 200
    assert "Not simulated" in page.text
    assert await seat.site.work.interviews.commitment(None, seat.round_id) is None
