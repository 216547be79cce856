"""Templates of conventions: the list of an agency's and a company's, used for a new one, deleted."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, see_other
from domain.roles import Right
from services.conventions import templates

ROOT = "/conventions/modeles"
_DONE = {"supprime": "Le modèle est supprimé. Les conventions faites avec lui ne changent pas."}


@get(ROOT, right=Right.SIGNED_IN)
async def list_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """The templates this account may use, by owner."""
    context = {
        "templates": await templates.listed(session, actor),
        "owners": await templates.owners(session, actor),
        "done": _DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("conventions/form_templates.html", context=context, headers=PRIVATE)


@post(f"{ROOT}/{{template:uuid}}/supprimer", right=Right.SIGNED_IN)
async def remove(session: SessionDep, actor: ActorDep, template: FromPath[UUID]) -> Redirect:
    """Delete a template."""
    await templates.remove(session, actor, template)
    return see_other(f"{ROOT}?fait=supprime")


HANDLERS = [list_page, remove]
