"""Links sent by mail to companies' people: join a team, keep an address, say that a file is up to date.

Opening one changes nothing: mail filters open links before people do. A button does.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.forms import PRIVATE, see_other
from data.queries.invitations import Invitation
from data.session import Session
from domain.roles import ROLE_LABELS, Actor, Right
from services.company_invitations import OTHER_ADDRESS, accept, read
from services.company_rights import account_email_of
from services.company_space import confirm
from services.discussions.set_aside import come_back_by_link
from services.edits import keep_address

_INVITATION = "/entreprise/invitation/{token:str}"
_ADDRESS = "/entreprises/adresse/{token:str}"
_UP_TO_DATE = "/entreprises/a-jour/{token:str}"
_COME_BACK = "/entreprises/retour/{token:str}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationView:
    """What somebody invited is shown."""

    invitation: Invitation
    role: str
    sign_in: str
    """Where to sign in and come back; empty for an account."""
    other_address: str
    """What to tell an account of another address; empty when it may join."""


async def _view(session: Session, token: str, actor: Actor, now: datetime) -> InvitationView:
    invitation = await read(session, token, now)
    mine = await account_email_of(session, actor)
    path = "/connexion?" + urlencode({"suite": f"/entreprise/invitation/{token}"})
    return InvitationView(
        invitation=invitation,
        role=ROLE_LABELS[invitation.role],
        sign_in="" if actor.signed_in else path,
        other_address=OTHER_ADDRESS if actor.signed_in and mine != invitation.email else "",
    )


@get(_INVITATION, right=Right.ANYONE)
async def invitation_page(
    session: SessionDep, actor: ActorDep, now: NowDep, token: FromPath[str]
) -> Template:
    """Who invites to what; a button to join, or the way to sign in first."""
    context = {"view": await _view(session, token, actor, now)}
    return Template("company/invitation.html", context=context, headers=PRIVATE)


@post(_INVITATION, right=Right.SIGNED_IN, status_code=303)
async def join(session: SessionDep, actor: ActorDep, now: NowDep, token: FromPath[str]) -> Redirect:
    """Join the company."""
    company_id = await accept(session, actor, token, now)
    return see_other(f"/entreprise/{company_id}?fait=bienvenue")


@get(_ADDRESS, right=Right.ANYONE)
async def address_page(token: FromPath[str]) -> Template:
    """Ask before the change of an address is blocked."""
    del token
    return Template("company/address.html", context={"done": False})


@post(_ADDRESS, right=Right.ANYONE, status_code=200)
async def block_address(session: SessionDep, now: NowDep, token: FromPath[str]) -> Template:
    """« Ce n’est pas moi » : the address on file stays."""
    await keep_address(session, token, now)
    return Template("company/address.html", context={"done": True})


@get(_UP_TO_DATE, right=Right.ANYONE)
async def up_to_date_page(token: FromPath[str]) -> Template:
    """Ask whether the file still holds."""
    del token
    return Template("company/up_to_date.html", context={"siret": ""})


@post(_UP_TO_DATE, right=Right.ANYONE, status_code=200)
async def up_to_date(session: SessionDep, actor: ActorDep, now: NowDep, token: FromPath[str]) -> Template:
    """« Ma fiche est à jour »."""
    siret = await confirm(session, actor, token, now)
    return Template("company/up_to_date.html", context={"siret": siret})


@get(_COME_BACK, right=Right.ANYONE)
async def come_back_page(token: FromPath[str]) -> Template:
    """Ask before a company that did not answer is proposed again."""
    del token
    return Template("company/come_back.html", context={"siret": ""})


@post(_COME_BACK, right=Right.ANYONE, status_code=200)
async def come_back(session: SessionDep, actor: ActorDep, now: NowDep, token: FromPath[str]) -> Template:
    """« Revenir dans la recherche »."""
    siret = await come_back_by_link(session, actor, token, now)
    return Template("company/come_back.html", context={"siret": siret})


HANDLERS = [
    invitation_page,
    join,
    address_page,
    block_address,
    up_to_date_page,
    up_to_date,
    come_back_page,
    come_back,
]
