"""Disputes and item switches on a real database: who may, once, beside the stored result, and in the audit."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from tests.interview.builders import START
from tests.interview.test_service import decide, started

from greenroom.accounts.audit import NOWHERE, entries
from greenroom.accounts.rules import Role, User
from greenroom.bank.findings import State
from greenroom.bank.models import Topic
from greenroom.grading.serving.tables import labels
from greenroom.interview import report
from greenroom.interview.disputes import Disputes
from greenroom.interview.rules import final_findings
from greenroom.interview.service import Interviews
from greenroom.interview.switches import Switches
from greenroom.interview.tables import submissions
from greenroom.kernel.errors import ConflictError, InputError, NotFoundError

pytestmark = pytest.mark.anyio


def signed_in(user: str, role: Role = Role.candidate) -> User:
    return User(user, "Somebody", "session", role)


@pytest.fixture
def disputes(interviews: Interviews) -> Disputes:
    return Disputes(interviews.database, interviews.catalogue)


@pytest.fixture
def switches(interviews: Interviews) -> Switches:
    return Switches(interviews.database, interviews.catalogue)


@pytest.fixture
async def round_id(interviews: Interviews, user: str) -> str:
    """A round that is over: nothing was found of either point."""
    one = await started(interviews, user)
    submission = await interviews.submit(user, one.id, text="what I wrote", token="t", now=START)
    await decide(interviews, submission, {"no-session": State.absent, "scale": State.absent})
    for _ in range(2):
        await interviews.skip_follow_up(user, one.id, START)
    assert (await interviews.place(user, one.id)).round.done_at is not None
    return one.id


async def opened(disputes: Disputes, user: str, round_id: str, point: str = "no-session") -> str:
    return await disputes.open(signed_in(user), round_id, point=point, text="I said so", source=NOWHERE, now=START)


async def accept(disputes: Disputes, admin: str, dispute: str, points: float = 1.0) -> None:
    await disputes.accept(
        signed_in(admin, Role.admin),
        dispute,
        state=State.present,
        points=points,
        text="You did.",
        source=NOWHERE,
        now=START,
    )


async def test_accepting_changes_what_is_read_and_not_what_is_stored(
    disputes: Disputes, interviews: Interviews, user: str, other_user: str, round_id: str
) -> None:
    dispute = await opened(disputes, user, round_id)
    heard = await disputes.get(dispute)
    assert heard.finding is not None
    assert heard.answer is not None
    assert (heard.case.candidate, heard.case.point, heard.answer.text) == ("You", "no-session", "what I wrote")
    async with interviews.database.read() as connection:
        before = (await connection.execute(select(submissions.c.result))).scalars().all()
    await accept(disputes, other_user, dispute)
    async with interviews.database.read() as connection:
        assert (await connection.execute(select(submissions.c.result))).scalars().all() == before
        (label,) = (await connection.execute(select(labels))).all()
    assert (label.submission_id, label.point) == (heard.answer.id, "no-session")
    assert (label.source, label.state) == ("dispute", "present")
    place = await interviews.place(user, round_id)
    found = {finding.point: finding for finding in final_findings(place.item, place.round)}
    assert (found["no-session"].state, found["no-session"].earned) == (State.present, 1.0)
    assert found["scale"].earned == 0.0
    (made,) = report.build(place.interview, interviews.catalogue, START).rounds
    assert made.share == pytest.approx(0.5)


async def test_accepting_and_rejecting_are_audited_with_what_changed(
    disputes: Disputes, user: str, other_user: str, round_id: str
) -> None:
    first, second = await opened(disputes, user, round_id), await opened(disputes, user, round_id, "scale")
    await accept(disputes, other_user, first)
    await disputes.reject(signed_in(other_user, Role.admin), second, text="It is not there.", source=NOWHERE, now=START)
    assert [one.subject_id for one in await entries(disputes.database, action="disputed")] != []
    (one,) = await entries(disputes.database, action="dispute-accepted")
    assert (one.actor_id, one.subject_id) == (other_user, first)
    assert one.details["from"] == {"state": "absent", "earned": 0.0}
    assert one.details["to"] == {"state": "present", "earned": 1.0}
    (one,) = await entries(disputes.database, action="dispute-rejected")
    assert (one.actor_id, one.subject_id) == (other_user, second)
    decided = await disputes.page(decided=True)
    assert {case.id: (case.state, case.decider) for case in decided} == {
        first: ("accepted", "Other"),
        second: ("rejected", "Other"),
    }
    assert await disputes.page(decided=False) == []


async def test_anothers_round_is_not_there(disputes: Disputes, other_user: str, round_id: str) -> None:
    for role in Role:
        with pytest.raises(NotFoundError):
            await disputes.open(
                signed_in(other_user, role), round_id, point="no-session", text="mine", source=NOWHERE, now=START
            )
    assert await disputes.page(decided=False) == []


async def test_ten_tabs_open_one_dispute(disputes: Disputes, user: str, round_id: str) -> None:
    made = await asyncio.gather(*(opened(disputes, user, round_id) for _ in range(10)), return_exceptions=True)
    assert sum(isinstance(one, str) for one in made) == 1
    assert all(isinstance(one, str | ConflictError) for one in made)


async def test_two_admins_decide_once(disputes: Disputes, user: str, other_user: str, round_id: str) -> None:
    dispute = await opened(disputes, user, round_id)
    admin = signed_in(other_user, Role.admin)
    made = await asyncio.gather(
        accept(disputes, other_user, dispute),
        disputes.reject(admin, dispute, text="no", source=NOWHERE, now=START),
        return_exceptions=True,
    )
    assert sum(isinstance(one, ConflictError) for one in made) == 1
    assert len(await entries(disputes.database, subject=dispute)) == 2  # opened, and decided once


async def test_a_rejection_needs_a_sentence_and_leaves_the_dispute_open(
    disputes: Disputes, user: str, other_user: str, round_id: str
) -> None:
    dispute = await opened(disputes, user, round_id)
    with pytest.raises(InputError):
        await disputes.reject(signed_in(other_user), dispute, text=" ", source=NOWHERE, now=START)
    with pytest.raises(InputError):
        await accept(disputes, other_user, dispute, points=1.5)
    assert [one.id for one in await disputes.page(decided=False)] == [dispute]


async def test_the_list_goes_on_after_a_key(disputes: Disputes, user: str, round_id: str) -> None:
    ids = sorted([await opened(disputes, user, round_id), await opened(disputes, user, round_id, "scale")])
    first = await disputes.page(decided=False, limit=1)
    rest = await disputes.page(decided=False, after=first[0].id)
    assert [one.id for one in [*first, *rest]] == ids


async def test_disputes_go_with_their_interview(
    disputes: Disputes, interviews: Interviews, user: str, round_id: str
) -> None:
    dispute = await opened(disputes, user, round_id)
    place = await interviews.place(user, round_id)
    await interviews.delete(user, place.interview.id)
    with pytest.raises(NotFoundError):
        await disputes.get(dispute)


async def test_an_item_that_is_off_is_asked_in_no_new_interview(
    switches: Switches, interviews: Interviews, user: str
) -> None:
    running = await started(interviews, user)
    admin = signed_in(user, Role.admin)
    await switches.switch_off(admin, "why-stateless", reason="out of date", source=NOWHERE, now=START)
    assert [item.slug for item in await interviews.askable()] == ["add-up"]
    with pytest.raises(InputError):
        await interviews.create(user, topics=[Topic.jwt], minutes=30, level="mixed", seed=1, now=START)
    # Who has it goes on.
    assert (await interviews.place(user, running.id)).item is not None
    assert await interviews.submit(user, running.id, text="…", token="t", now=START)
    await switches.switch_on(admin, "why-stateless", source=NOWHERE, now=START)
    made = await interviews.create(user, topics=[Topic.jwt], minutes=30, level="mixed", seed=1, now=START)
    assert [one.item for one in made.rounds] == ["why-stateless"]


async def test_switching_is_audited_once(switches: Switches, user: str) -> None:
    admin = signed_in(user, Role.admin)
    for reason in ("out of date", "again"):
        await switches.switch_off(admin, "add-up", reason=reason, source=NOWHERE, now=START)
    one = await switches.get("add-up")
    assert one.off is not None
    assert (one.off.reason, one.off.by) == ("out of date", "You")
    for _ in range(2):
        await switches.switch_on(admin, "add-up", source=NOWHERE, now=START + timedelta(seconds=1))
    assert [(one.action, one.details) for one in await entries(switches.database, subject="add-up")] == [
        ("item-switched-on", {}),
        ("item-switched-off", {"reason": "out of date"}),
    ]


async def test_ten_admins_switch_an_item_off_once(switches: Switches, user: str) -> None:
    admin = signed_in(user, Role.admin)
    await asyncio.gather(
        *(switches.switch_off(admin, "add-up", reason="out of date", source=NOWHERE, now=START) for _ in range(10))
    )
    assert len(await entries(switches.database, action="item-switched-off")) == 1


async def test_switches_refuse_what_is_not_there_and_what_has_no_reason(switches: Switches, user: str) -> None:
    admin = signed_in(user, Role.admin)
    with pytest.raises(NotFoundError):
        await switches.switch_off(admin, "nothing", reason="why", source=NOWHERE, now=START)
    with pytest.raises(InputError):
        await switches.switch_off(admin, "add-up", reason="  ", source=NOWHERE, now=START)
    assert await switches.off() == {}


async def test_items_are_found_by_what_they_are(switches: Switches, user: str) -> None:
    async def slugs(**wanted: object) -> list[str]:
        return [one.item.slug for one in await switches.page(**wanted)]  # type: ignore[arg-type]

    await switches.switch_off(signed_in(user, Role.admin), "add-up", reason="why", source=NOWHERE, now=START)
    assert await slugs() == ["add-up", "why-stateless"]
    assert await slugs(after="add-up") == ["why-stateless"]
    assert await slugs(limit=1) == ["add-up"]
    assert await slugs(only_off=True) == ["add-up"]
    assert await slugs(search="NEEDS NO session") == ["why-stateless"]
    assert await slugs(topic="dsa", kind="code") == ["add-up"]
    assert await slugs(topic="dsa", kind="concept") == []


async def test_an_admin_does_not_decide_what_they_have_disputed_themselves(
    disputes: Disputes, interviews: Interviews, user: str, other_user: str, round_id: str
) -> None:
    dispute, own = await opened(disputes, user, round_id), signed_in(user, Role.admin)
    with pytest.raises(ConflictError) as refused:
        await accept(disputes, user, dispute)
    assert refused.value.mend == "ask another admin to decide it"
    with pytest.raises(ConflictError):
        await disputes.reject(own, dispute, text="It is as it is.", source=NOWHERE, now=START)
    heard = await disputes.get(dispute)
    assert (heard.case.state, disputes.may_decide(own, heard.case)) == ("open", False)
    assert disputes.may_decide(signed_in(other_user, Role.admin), heard.case)
    await accept(disputes, other_user, dispute)
    assert (await disputes.get(dispute)).case.state == "accepted"


async def test_in_solo_mode_one_decides_ones_own(interviews: Interviews, user: str, round_id: str) -> None:
    alone = Disputes(interviews.database, interviews.catalogue, solo=True)
    dispute = await opened(alone, user, round_id)
    await accept(alone, user, dispute)
    assert (await alone.get(dispute)).case.state == "accepted"
