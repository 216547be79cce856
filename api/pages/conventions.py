"""Conventions of an account, and those a company hosts: what waits first, then drafts, then the others."""

from litestar import get
from litestar.params import FromPath
from litestar.response import Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.company_space_view import view_of
from api.pages.conventions_desk import key_of, key_text
from api.pages.forms import PRIVATE, PageRequest
from domain.convention import STATUS_LABELS
from domain.roles import Right
from services import company_space as company_spaces
from services.conventions import lists
from services.conventions.lists import MyConventions

ROOT = "/conventions"


def _context(found: MyConventions, url: str, begins: str) -> dict[str, object]:
    return {
        "mine": found,
        "labels": STATUS_LABELS,
        "url": url,
        "later": key_text(found.after),
        "first": not key_of(begins),
        "company": None,
    }


@get(ROOT, right=Right.SIGNED_IN)
async def list_page(session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest) -> Template:
    """Mine."""
    begins = request.query_params.get("apres", "")
    found = await lists.mine(session, actor, now, key_of(begins))
    return Template("conventions/mine.html", context=_context(found, ROOT, begins), headers=PRIVATE)


@get("/entreprise/{company:int}/conventions", right=Right.COMPANY)
async def company_page(
    session: SessionDep, actor: ActorDep, now: NowDep, request: PageRequest, company: FromPath[int]
) -> Template:
    """A company's."""
    begins = request.query_params.get("apres", "")
    found = await lists.of_company(session, actor, company, now, key_of(begins))
    view = view_of(await company_spaces.space_of(session, actor, company, now))
    context = _context(found, f"{view.url}/conventions", begins) | {"company": view}
    return Template("conventions/mine.html", context=context, headers=PRIVATE)


HANDLERS = [list_page, company_page]
