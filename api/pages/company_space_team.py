"""A company's people: who serves it, who asks, who is invited; an admin decides."""

from datetime import datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, CountersDep, NowDep, SessionDep
from api.limits import limit_invitations
from api.pages.company_space import ONE, ROOT, said
from api.pages.company_space_view import view_of
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import Session
from domain.errors import InvalidInputError
from domain.roles import COMPANY_ROLES, ROLE_LABELS, Actor, Right, Role
from services import company_rights as rights
from services.company_invitations import invite, withdraw
from services.company_space import space_of

_TEAM = f"{ONE}/equipe"
_MEMBER = f"{_TEAM}/{{member:uuid}}"
_ROLES = [(role.value, ROLE_LABELS[role]) for role in reversed(COMPANY_ROLES)]


def _role(typed: str) -> Role:
    """The role chosen; what is none of a company's is refused by the service."""
    return next((role for role in Role if role == typed), Role.TO_REVIEW)


async def _page(
    session: Session,
    actor: Actor,
    company: int,
    now: datetime,
    errors: dict[str, str] | None = None,
    **typed: str,
) -> Template:
    context = {
        "team": await rights.team_of(session, actor, company),
        "view": view_of(await space_of(session, actor, company, now)),
        "roles": _ROLES,
        "role_labels": ROLE_LABELS,
        "me": actor.user,
        "errors": errors or {},
        "told": "",
        "email": "",
        "role": Role.COMPANY_CONTACT.value,
        **typed,
    }
    status = 422 if errors else 200
    return Template("company/team.html", context=context, status_code=status, headers=PRIVATE)


@get(_TEAM, right=Right.COMPANY)
async def team_page(
    session: SessionDep, request: PageRequest, actor: ActorDep, now: NowDep, company: FromPath[int]
) -> Template:
    """Who serves the company."""
    return await _page(session, actor, company, now, told=said(request))


def _back(company: int, done: str) -> Redirect:
    return see_other(f"{ROOT}/{company}/equipe?fait={done}")


@post(f"{_MEMBER}/accepter", right=Right.COMPANY)
async def accept(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    now: NowDep,
    company: FromPath[int],
    member: FromPath[UUID],
) -> Redirect:
    """Let somebody who asked join."""
    role = _role(text(await posted(request), "role"))
    await rights.accept(session, actor, company, member, role, now)
    return _back(company, "accepte")


@post(f"{_MEMBER}/refuser", right=Right.COMPANY)
async def refuse(
    session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int], member: FromPath[UUID]
) -> Redirect:
    """Refuse somebody who asked."""
    await rights.refuse(session, actor, company, member, now)
    return _back(company, "refuse")


@post(f"{_MEMBER}/role", right=Right.COMPANY)
async def change_role(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    now: NowDep,
    company: FromPath[int],
    member: FromPath[UUID],
) -> Redirect:
    """Give a member another role."""
    role = _role(text(await posted(request), "role"))
    await rights.change_role(session, actor, company, member, role, now)
    return _back(company, "role")


@post(f"{_MEMBER}/retirer", right=Right.COMPANY)
async def remove(
    session: SessionDep, actor: ActorDep, now: NowDep, company: FromPath[int], member: FromPath[UUID]
) -> Redirect:
    """Take a member off, or leave."""
    await rights.remove(session, actor, company, member, now)
    return see_other(f"{ROOT}?fait=parti") if member == actor.user else _back(company, "retire")


@post(f"{_TEAM}/inviter", right=Right.COMPANY)
async def invite_colleague(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    counters: CountersDep,
    now: NowDep,
    company: FromPath[int],
) -> Redirect | Template:
    """Invite a colleague by e-mail."""
    values = await posted(request)
    email, role = text(values, "email"), _role(text(values, "role"))
    seen = await space_of(session, actor, company, now)
    await limit_invitations(counters, seen.space.siret)
    try:
        await invite(session, actor, company, email, role, now)
    except InvalidInputError as error:
        return await _page(session, actor, company, now, errors=by_field(error), email=email, role=role.value)
    return _back(company, "invite")


@post(f"{_TEAM}/invitations/{{invitation:uuid}}/retirer", right=Right.COMPANY)
async def withdraw_invitation(
    session: SessionDep, actor: ActorDep, company: FromPath[int], invitation: FromPath[UUID]
) -> Redirect:
    """Withdraw an invitation."""
    await withdraw(session, actor, company, invitation)
    return _back(company, "retrait-invitation")


HANDLERS = [team_page, accept, refuse, change_role, remove, invite_colleague, withdraw_invitation]
