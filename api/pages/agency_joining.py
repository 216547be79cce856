"""Joining an agency: found by its name or its town, asked, or by a colleague's invitation."""

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.agency_registration import MINE
from api.pages.forms import PRIVATE, PageRequest, see_other
from domain.agency import STATUS_LABELS
from domain.roles import Right
from domain.values import clean_line
from services.agencies import members, space
from services.agency_mails import roles_words

_DONE = {
    "inscrite": "Votre structure est inscrite. Notre équipe la vérifie ; vous recevrez un e-mail.",
    "demandee": "Votre demande est envoyée à l’administration de la structure. Sa réponse arrive par e-mail.",
    "quittee": "Vous ne faites plus partie de cette structure.",
}


@get("/structures/rejoindre", right=Right.SIGNED_IN)
async def find_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """Search by name, town or postal code."""
    words = clean_line(request.query_params.get("q", ""))[:100]
    found = await members.find(session, words)
    held = {one.agency_id for one in await space.mine(session, actor)}
    context = {"q": words, "found": found, "held": held, "claimed": await members.claimed(session, found)}
    return Template("agencies/find.html", context=context, headers=PRIVATE)


@post("/structures/{number:int}/rejoindre", right=Right.SIGNED_IN)
async def ask(session: SessionDep, actor: ActorDep, number: FromPath[int], now: NowDep) -> Redirect:
    """Ask its admins for a right."""
    await members.ask_to_join(session, actor, number, now)
    return see_other(f"{MINE}?fait=demandee")


@get(MINE, right=Right.SIGNED_IN)
async def mine_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """The agencies of this account, and where each stands."""
    context = {
        "mine": await space.mine(session, actor),
        "done": _DONE.get(request.query_params.get("fait", ""), ""),
        "statuses": STATUS_LABELS,
        "said": roles_words,
    }
    return Template("agencies/mine.html", context=context, headers=PRIVATE)


@get("/structures/invitation/{token:str}", right=Right.SIGNED_IN)
async def invitation_page(session: SessionDep, token: FromPath[str], now: NowDep) -> Template:
    """A button, not a deed: what the invitation gives, before it is accepted."""
    invitation = await members.invitation_of(session, token, now)
    context = {"invitation": invitation, "said": roles_words(invitation.roles)}
    return Template("agencies/invitation.html", context=context, headers=PRIVATE)


@post("/structures/invitation/{token:str}", right=Right.SIGNED_IN)
async def accept(session: SessionDep, actor: ActorDep, token: FromPath[str], now: NowDep) -> Redirect:
    """Accept: the roles are there at once."""
    number = await members.accept(session, actor, token, now)
    return see_other(f"/structure/{number}?fait=bienvenue")


HANDLERS = [find_page, ask, mine_page, invitation_page, accept]
