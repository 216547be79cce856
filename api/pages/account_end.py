"""The end of an account at its owner's word: asked once more, then at once."""

from litestar import get, post
from litestar.response import Redirect, Template

from api.cookies import no_session_cookie
from api.deps import ActorDep, OfficeDep
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from domain.errors import ConflictError, InvalidInputError
from domain.roles import Actor, Right
from services.accounts.removal import delete_account, left_conventions, needs_of
from services.conventions.story import Office

ROOT = "/compte/supprimer"
_GONE = "/compte/supprime"


async def _page(office: Office, actor: Actor, error: InvalidInputError | None = None) -> Template:
    context = {
        "refusal": (await needs_of(office.session, actor)).refusal,
        "left": await left_conventions(office.session, actor, office.now),
        "errors": by_field(error) if error else {},
    }
    status = 422 if error else 200
    return Template("account/delete.html", context=context, status_code=status, headers=PRIVATE)


@get(ROOT, right=Right.SIGNED_IN)
async def delete_page(office: OfficeDep, actor: ActorDep) -> Template:
    """What goes with the account, or what must be done before."""
    return await _page(office, actor)


@post(ROOT, right=Right.SIGNED_IN)
async def delete(office: OfficeDep, actor: ActorDep, request: PageRequest) -> Template | Redirect:
    """Delete the account and sign this browser out."""
    sure = bool(text(await posted(request), "sure"))
    try:
        await delete_account(office, actor, sure=sure)
    except InvalidInputError as error:
        return await _page(office, actor, error)
    except ConflictError:
        return see_other(ROOT)
    return see_other(_GONE, no_session_cookie())


@get(_GONE, right=Right.ANYONE)
async def deleted_page() -> Template:
    """Said once the account is gone."""
    return Template("account/deleted.html", headers=PRIVATE)


HANDLERS = [delete_page, delete, deleted_page]
