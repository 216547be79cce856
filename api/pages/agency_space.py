"""An agency's own pages: what it is, who serves it; buttons are those that its table of rights accepts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SearchDep, SessionDep
from api.pages.agency_form import Typed, form_page, roles_of, typed_form
from api.pages.agency_registration import MINE
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import Session
from domain.agency import PUBLIC_LABELS, STATUS_LABELS, Member, Situation
from domain.errors import InvalidInputError
from domain.roles import AGENCY_ROLES, ROLE_LABELS, Actor, Permission, Right
from services.agencies import members, space
from services.agencies.coverage import communes_text
from services.agencies.registering import validators
from services.agencies.settling import form_of
from services.agency_mails import roles_words

_DONE = {
    "bienvenue": "Bienvenue : vous faites partie de la structure.",
    "modifiee": "Les changements sont enregistrés.",
    "acceptee": "La demande est acceptée. La personne en est informée par e-mail.",
    "refusee": "La demande est refusée. La personne en est informée par e-mail.",
    "enregistree": "Les rôles sont enregistrés.",
    "retiree": "La personne ne fait plus partie de la structure.",
    "invitee": "L’invitation part par e-mail. Elle est valable 14 jours.",
    "annulee": "L’invitation est retirée.",
}
_ROLE_CHOICES = tuple((role.value, ROLE_LABELS[role]) for role in AGENCY_ROLES)


def _url(number: int, rest: str = "") -> str:
    return f"/structure/{number}{rest}"


def _told(request: PageRequest) -> str:
    return _DONE.get(request.query_params.get("fait", ""), "")


def _page(
    template: str,
    actor: Actor,
    number: int,
    status_code: int = 200,
    **more: Any,  # noqa: ANN401 - what one page alone shows
) -> Template:
    context = {
        "base": _url(number),
        "may_edit": actor.may(Permission.AGENCY_EDIT, agency=number),
        "may_members": actor.may(Permission.AGENCY_MEMBERS, agency=number),
        "me": actor.user,
        "said": roles_words,
        **more,
    }
    return Template(f"agencies/{template}.html", context=context, status_code=status_code, headers=PRIVATE)


@get("/structure/{number:int}", right=Right.AGENT)
async def overview(
    session: SessionDep, actor: ActorDep, request: PageRequest, number: FromPath[int], now: NowDep
) -> Template:
    """What the agency is, how far its delegation runs."""
    seen = await space.overview(session, actor, number, now.date())
    done = _told(request)
    more: dict[str, Any] = {
        "agency": seen.agency,
        "statuses": STATUS_LABELS,
        "publics": PUBLIC_LABELS.items(),
    }
    return _page("space", actor, number, seen=seen, done=done, **more)


@post("/structure/{number:int}/validation", right=Right.AGENT)
async def validation(
    session: SessionDep, actor: ActorDep, request: PageRequest, number: FromPath[int], now: NowDep
) -> Redirect:
    """Of whom a request waits for the referent."""
    typed = (await posted(request)).get("publics", [])
    chosen = {typed} if isinstance(typed, str) else set(typed)
    publics = {one for one in Situation if one.value in chosen}
    await space.set_validates_first(session, actor, number, publics, now)
    return see_other(_url(number, "?fait=modifiee"))


@get("/structure/{number:int}/modifier", right=Right.AGENT)
async def edit_page(session: SessionDep, actor: ActorDep, number: FromPath[int]) -> Template:
    """The form, with what is kept."""
    agency = await space.editable(session, actor, number)
    typed = Typed(form=form_of(agency), communes=await communes_text(session, agency.communes))
    return await _edit(session, number, agency.name, typed)


async def _edit(
    session: Session, number: int, name: str, typed: Typed, errors: dict[str, str] | None = None
) -> Template:
    listed = await validators(session, number)
    more = {"base": _url(number), "name": name}
    return form_page("agencies/edit.html", typed, listed, errors, status_code=422 if errors else 200, **more)


@post("/structure/{number:int}/modifier", right=Right.AGENT)
async def edit(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    search: SearchDep,
    number: FromPath[int],
    now: NowDep,
) -> Redirect | Template:
    """Keep what an admin changed."""
    agency = await space.editable(session, actor, number)
    typed = typed_form(await posted(request), search.lookups)
    try:
        await space.edit(session, actor, number, typed.form, now)
    except InvalidInputError as error:
        return await _edit(session, number, agency.name, typed, by_field(error))
    return see_other(_url(number, "?fait=modifiee"))


@dataclass(frozen=True, slots=True)
class _Invited:
    """An invitation as typed."""

    email: str = ""
    roles: frozenset[str] = frozenset()


async def _members(
    session: Session,
    actor: Actor,
    number: int,
    done: str = "",
    typed: _Invited | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    agency = await space.read(session, actor, number)
    rows = await space.people(session, actor, number)
    return _page(
        "members",
        actor,
        number,
        422 if errors else 200,
        agency=agency,
        asking=[row for row in rows if row.waiting],
        people=[row for row in rows if not row.waiting],
        invitations=await space.invited(session, actor, number),
        role_choices=_ROLE_CHOICES,
        typed=typed or _Invited(),
        errors=errors or {},
        done=done,
    )


@get("/structure/{number:int}/membres", right=Right.AGENT)
async def members_page(
    session: SessionDep, actor: ActorDep, request: PageRequest, number: FromPath[int]
) -> Template:
    """Who serves the agency; for its admins, who asks to and who is invited."""
    return await _members(session, actor, number, _told(request))


@post("/structure/{number:int}/invitations", right=Right.AGENT)
async def invite(
    session: SessionDep, actor: ActorDep, request: PageRequest, number: FromPath[int], now: NowDep
) -> Redirect | Template:
    """Send a colleague the link that gives them these roles."""
    values = await posted(request)
    email, roles = text(values, "email"), roles_of(values, AGENCY_ROLES)
    try:
        await members.invite(session, actor, number, email, roles, now)
    except InvalidInputError as error:
        typed = _Invited(email, frozenset(role.value for role in roles))
        return await _members(session, actor, number, "", typed, by_field(error))
    return see_other(_url(number, "/membres?fait=invitee"))


@post("/structure/{number:int}/invitations/{invitation:uuid}", right=Right.AGENT)
async def uninvite(
    session: SessionDep, actor: ActorDep, number: FromPath[int], invitation: FromPath[UUID]
) -> Redirect:
    """Take an invitation back."""
    await members.uninvite(session, actor, number, invitation)
    return see_other(_url(number, "/membres?fait=annulee"))


async def _member(
    session: Session, actor: Actor, number: int, user: UUID, errors: dict[str, str] | None = None
) -> Template:
    agency = await space.read(session, actor, number)
    row = await space.member(session, actor, number, user)
    status = 422 if errors else 200
    more = {"agency": agency, "row": row, "role_choices": _ROLE_CHOICES, "errors": errors or {}}
    return _page("member", actor, number, status, **more)


@get("/structure/{number:int}/membres/{user:uuid}", right=Right.AGENT)
async def member_page(
    session: SessionDep, actor: ActorDep, number: FromPath[int], user: FromPath[UUID]
) -> Template:
    """One person: their roles, and what an admin may do of them."""
    return await _member(session, actor, number, user)


@post("/structure/{number:int}/membres/{user:uuid}", right=Right.AGENT)
async def decide(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    number: FromPath[int],
    user: FromPath[UUID],
    now: NowDep,
) -> Redirect | Template:
    """Accept, refuse, change or take off."""
    values = await posted(request)
    given = Member(roles_of(values, AGENCY_ROLES), notified=bool(text(values, "notified")))
    try:
        action = text(values, "action")
        done = await _done(session, actor, number, user, action=action, given=given, now=now)
    except InvalidInputError as error:
        return await _member(session, actor, number, user, by_field(error))
    left = done == "retiree" and user == actor.user
    return see_other(f"{MINE}?fait=quittee" if left else _url(number, f"/membres?fait={done}"))


async def _done(  # noqa: PLR0913 - what a decision needs
    session: Session,
    actor: Actor,
    number: int,
    user: UUID,
    *,
    action: str,
    given: Member,
    now: datetime,
) -> str:
    if action == "accepter":
        await members.grant(session, actor, number, user, given, now)
        return "acceptee"
    if action == "refuser":
        await members.refuse(session, actor, number, user, now)
        return "refusee"
    if action == "retirer":
        await members.remove(session, actor, number, user, now)
        return "retiree"
    await members.change(session, actor, number, user, given, now)
    return "enregistree"


HANDLERS = [
    overview,
    validation,
    edit_page,
    edit,
    members_page,
    invite,
    uninvite,
    member_page,
    decide,
]
