"""`/api/v1/admin`: users, invitations, the audit, items and disputes; and `/api/v1/rounds/{id}/disputes`."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.routing import APIRoute
from starlette.status import HTTP_201_CREATED, HTTP_204_NO_CONTENT

from greenroom.accounts import audit
from greenroom.accounts.schemas import (
    AuditEntry,
    AuditPage,
    Counts,
    InvitationList,
    InvitationMade,
    InvitationView,
    NewInvitation,
    Session,
    SessionsEnded,
    UserChange,
    UserDetail,
    UserList,
    UserView,
)
from greenroom.bank.models import Kind, Topic
from greenroom.interview.assembly import Workplace
from greenroom.interview.schemas import (
    Acceptance,
    BankItem,
    BankItems,
    DisputeDetail,
    DisputeList,
    DisputeMade,
    DisputeView,
    NewDispute,
    Rejection,
    SwitchOff,
)
from greenroom.web.api.problems import problems
from greenroom.web.api.routing import PREFIX, api_router
from greenroom.web.paging import PAGE, After, Id, Limit, Word, cut
from greenroom.web.people import for_many
from greenroom.web.session import Admin, From, Now, OwnPage, People, SignedIn, Work
from greenroom.web.timing import TimedRoute

_READ, _CHANGED = problems(401, 403, 422), problems(401, 403, 404, 409, 422)


def _operation(route: APIRoute) -> str:
    """How the description calls an operation: other rooms have a `user` and an `items` of their own."""
    return f"admin_{route.name}"


everywhere = APIRouter(
    prefix=f"{PREFIX}/admin", tags=["admin"], route_class=TimedRoute, generate_unique_id_function=_operation
)
router = APIRouter(
    prefix=f"{PREFIX}/admin",
    tags=["admin"],
    route_class=TimedRoute,
    generate_unique_id_function=_operation,
    dependencies=[Depends(for_many)],
)
rounds = api_router("interviews")


@everywhere.get("/counts", responses=problems(401, 403))
async def counts(opened: Work, _admin: Admin, moment: Now) -> Counts:
    """How many there are of each."""
    found = await opened.administration.counts(moment) | await opened.interviews.counts()
    return Counts(**found, items=len(opened.catalogue.every))


# People


@router.get("/users", responses=problems(401, 403, 404, 422))
async def users(opened: Work, _admin: Admin, search: Word = "", after: After = None, limit: Limit = PAGE) -> UserList:
    """Who has an account."""
    found = await opened.administration.users(search=search, after=after, limit=limit + 1)
    page = cut(found, limit, lambda one: one.id)
    return UserList(users=[UserView.of(one) for one in page.rows], next=page.next)


@router.get("/users/{user_id}", responses=problems(401, 403, 404, 422))
async def user(user_id: Id, opened: Work, admin: Admin, moment: Now) -> UserDetail:
    """One user, and where they are signed in."""
    return await _user(opened, user_id, admin, moment)


async def _user(opened: Workplace, user_id: str, admin: Admin, moment: Now) -> UserDetail:
    account = UserView.of(await opened.administration.user(user_id))
    devices = await opened.accounts.sessions.devices(user_id, moment)
    sessions = [Session.of(one, admin.session_id) for one in devices]
    return UserDetail(**account.model_dump(), sessions=sessions)


@router.patch("/users/{user_id}", dependencies=[OwnPage], responses=_CHANGED)
async def change_user(
    user_id: Id, change: UserChange, opened: Work, people: People, admin: Admin, asked_from: From, moment: Now
) -> UserDetail:
    """Give a user another role, shut them out, or let them in. Their sessions end, but for being let in."""
    if change.role is not None:
        await people.set_role(admin, user_id, change.role, asked_from, moment)
    if change.disabled is not None:
        await people.set_disabled(admin, user_id, change.disabled, asked_from, moment)
    return await _user(opened, user_id, admin, moment)


@router.delete("/users/{user_id}/sessions", dependencies=[OwnPage], responses=_CHANGED)
async def end_sessions(user_id: Id, people: People, admin: Admin, asked_from: From, moment: Now) -> SessionsEnded:
    """Log a user out everywhere."""
    return SessionsEnded(ended=await people.end_sessions_of(admin, user_id, asked_from, moment))


@router.get("/invitations", responses=problems(401, 403, 404, 422))
async def invitations(
    opened: Work, _admin: Admin, moment: Now, after: After = None, limit: Limit = PAGE
) -> InvitationList:
    """Who was invited."""
    found = await opened.administration.invitations(moment, after=after, limit=limit + 1)
    page = cut(found, limit, lambda one: one.id)
    return InvitationList(invitations=[InvitationView.of(one) for one in page.rows], next=page.next)


@router.post(
    "/invitations",
    status_code=HTTP_201_CREATED,
    dependencies=[OwnPage],
    responses=problems(401, 403, 404, 409, 422),
)
async def invite(wanted: NewInvitation, people: People, admin: Admin, asked_from: From, moment: Now) -> InvitationMade:
    """Invite somebody. The link is in this answer and nowhere else."""
    made = await people.invite(admin.id, email=wanted.email, role=wanted.role, source=asked_from, now=moment)
    link = f"{people.address}/register#{made.secret}"
    return InvitationMade(id=made.id, link=link, email=made.email, role=made.role, expires_at=made.expires_at)


@router.delete(
    "/invitations/{invitation_id}", status_code=HTTP_204_NO_CONTENT, dependencies=[OwnPage], responses=_CHANGED
)
async def withdraw(invitation_id: Id, people: People, admin: Admin, asked_from: From, moment: Now) -> Response:
    """Have an unused invitation stop working."""
    await people.withdraw(admin.id, invitation_id, asked_from, moment)
    return Response(status_code=HTTP_204_NO_CONTENT)


@everywhere.get("/audit", responses=_READ)
async def audited(
    opened: Work,
    _admin: Admin,
    action: Word = "",
    actor: Word = "",
    subject: Word = "",
    after: After = None,
    limit: Limit = PAGE,
) -> AuditPage:
    """What was done, by whom (an id or an address), to what."""
    people = opened.administration
    found = await audit.entries(
        opened.database,
        action=action or None,
        actor=await people.id_of(actor) if actor else None,
        subject=await people.id_of(subject) if subject else None,
        before=after,
        limit=limit + 1,
    )
    page = cut(found, limit, lambda one: one.id)
    return AuditPage(entries=[AuditEntry.of(one) for one in page.rows], next=page.next)


# Items


@everywhere.get("/items", responses=_READ)
async def items(
    opened: Work,
    _admin: Admin,
    search: Word = "",
    topic: Topic | None = None,
    kind: Kind | None = None,
    off: bool = False,
    after: After = None,
    limit: Limit = PAGE,
) -> BankItems:
    """Every item of the bank, or those that are switched off."""
    found = await opened.switches.page(
        search=search,
        topic=topic.value if topic else "",
        kind=kind.value if kind else "",
        only_off=off,
        after=after,
        limit=limit + 1,
    )
    page = cut(found, limit, lambda one: one.item.slug)
    return BankItems(items=[BankItem.of(one) for one in page.rows], next=page.next)


@everywhere.get("/items/{slug}", responses=problems(401, 403, 404, 422))
async def item(slug: Id, opened: Work, _admin: Admin) -> BankItem:
    """One item."""
    return BankItem.of(await opened.switches.get(slug))


@everywhere.put("/items/{slug}/off", dependencies=[OwnPage], responses=_CHANGED)
async def switch_off(
    slug: Id, wanted: SwitchOff, opened: Work, admin: Admin, asked_from: From, moment: Now
) -> BankItem:
    """Ask it in no new interview; those that have it go on."""
    await opened.switches.switch_off(admin, slug, reason=wanted.reason, source=asked_from, now=moment)
    return BankItem.of(await opened.switches.get(slug))


@everywhere.delete("/items/{slug}/off", dependencies=[OwnPage], responses=_CHANGED)
async def switch_on(slug: Id, opened: Work, admin: Admin, asked_from: From, moment: Now) -> BankItem:
    """Ask it again."""
    await opened.switches.switch_on(admin, slug, source=asked_from, now=moment)
    return BankItem.of(await opened.switches.get(slug))


# Disputes


@rounds.post(
    "/rounds/{round_id}/disputes",
    status_code=HTTP_201_CREATED,
    dependencies=[OwnPage],
    responses=_CHANGED,
    operation_id="dispute_finding",
)
async def dispute_finding(
    round_id: Id, wanted: NewDispute, opened: Work, found: SignedIn, asked_from: From, moment: Now
) -> DisputeMade:
    """Say that a finding of one's own round is wrong: one open dispute for each finding."""
    made = await opened.disputes.open(found, round_id, **wanted.model_dump(), source=asked_from, now=moment)
    return DisputeMade(id=made)


@everywhere.get("/disputes", responses=_READ)
async def disputes(
    opened: Work,
    _admin: Admin,
    state: Annotated[Literal["open", "decided"], Query()] = "open",
    after: After = None,
    limit: Limit = PAGE,
) -> DisputeList:
    """Those that wait for a decision, or those that were decided."""
    found = await opened.disputes.page(decided=state == "decided", after=after, limit=limit + 1)
    page = cut(found, limit, lambda one: one.id)
    return DisputeList(disputes=[DisputeView.of(one) for one in page.rows], next=page.next)


@everywhere.get("/disputes/{dispute_id}", responses=problems(401, 403, 404, 422))
async def dispute(dispute_id: Id, opened: Work, _admin: Admin) -> DisputeDetail:
    """One dispute, with the answer and the finding."""
    return DisputeDetail.about(await opened.disputes.get(dispute_id))


@everywhere.post("/disputes/{dispute_id}/accept", dependencies=[OwnPage], responses=_CHANGED)
async def accept(
    dispute_id: Id, given: Acceptance, opened: Work, admin: Admin, asked_from: From, moment: Now
) -> DisputeDetail:
    """Change the finding."""
    await opened.disputes.accept(admin, dispute_id, **given.model_dump(), source=asked_from, now=moment)
    return DisputeDetail.about(await opened.disputes.get(dispute_id))


@everywhere.post("/disputes/{dispute_id}/reject", dependencies=[OwnPage], responses=_CHANGED)
async def reject(
    dispute_id: Id, given: Rejection, opened: Work, admin: Admin, asked_from: From, moment: Now
) -> DisputeDetail:
    """Leave the finding as it is."""
    await opened.disputes.reject(admin, dispute_id, text=given.text, source=asked_from, now=moment)
    return DisputeDetail.about(await opened.disputes.get(dispute_id))
