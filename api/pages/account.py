"""One's account: who one is here, and where one is signed in."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.cookies import no_session_cookie
from api.deps import ActorDep, NowDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import Session
from domain.account import Profile
from domain.errors import InvalidInputError
from domain.roles import Actor, Right
from services.accounts.open_sessions import end_others, end_session, list_sessions
from services.accounts.profile import change_profile, read_account

ROOT = "/compte"
DONE = {
    "profil": "Vos coordonnées sont enregistrées.",
    "appareil": "Cet appareil n’est plus connecté à votre compte.",
    "appareils": "Votre compte n’est plus ouvert que dans ce navigateur.",
}


async def _page(
    session: Session,
    actor: Actor,
    now: NowDep,
    *,
    typed: Profile | None = None,
    error: InvalidInputError | None = None,
) -> Template:
    account = await read_account(session, actor)
    context = {
        "account": account,
        "profile": typed or account.profile,
        "sessions": await list_sessions(session, actor, now),
        "here": actor.session,
        "actor": actor,
        "errors": by_field(error) if error else {},
        "done": "",
    }
    return Template(
        "account/account.html", context=context, status_code=422 if error else 200, headers=PRIVATE
    )


@get(ROOT, right=Right.SIGNED_IN)
async def account_page(session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep) -> Template:
    """The account, the places where it is open, and the ways to its other pages."""
    page = await _page(session, actor, now)
    page.context["done"] = DONE.get(request.query_params.get("fait", ""), "")
    return page


@post(ROOT, right=Right.SIGNED_IN)
async def change(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep
) -> Template | Redirect:
    """Write one's names and telephone."""
    values = await posted(request)
    typed = Profile(
        first_name=text(values, "first_name"),
        last_name=text(values, "last_name"),
        phone=text(values, "phone"),
    )
    try:
        await change_profile(session, actor, typed)
    except InvalidInputError as error:
        return await _page(session, actor, now, typed=typed, error=error)
    return see_other(f"{ROOT}?fait=profil#coordonnees")


@post(f"{ROOT}/appareils/{{session_id:uuid}}", right=Right.SIGNED_IN)
async def revoke(session: SessionDep, actor: ActorDep, session_id: FromPath[UUID]) -> Redirect:
    """End one of the account's sessions; this browser's own sends it back to the sign-in page."""
    await end_session(session, actor, session_id)
    if session_id == actor.session:
        return see_other("/connexion/a-bientot", no_session_cookie())
    return see_other(f"{ROOT}?fait=appareil#appareils")


@post(f"{ROOT}/appareils", right=Right.SIGNED_IN)
async def revoke_others(session: SessionDep, actor: ActorDep) -> Redirect:
    """End the account's sessions everywhere else."""
    await end_others(session, actor)
    return see_other(f"{ROOT}?fait=appareils#appareils")


HANDLERS = [account_page, change, revoke, revoke_others]
