"""Requests that companies reported: read by the staff, then marked as looked at."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, see_other
from domain.roles import Right
from services.discussions.reporting import close_report, open_reports

ROOT = "/gestion/signalements"
_DONE = "Le signalement est traité : il quitte la liste."


@get(ROOT, right=Right.BACK_OFFICE)
async def reports_page(session: SessionDep, actor: ActorDep, request: PageRequest) -> Template:
    """What companies reported, the oldest first."""
    done = _DONE if request.query_params.get("fait") == "traite" else ""
    context = {"reports": await open_reports(session, actor), "done": done}
    return Template("back_office/reports.html", context=context, headers=PRIVATE)


@post(f"{ROOT}/{{discussion:uuid}}/traiter", right=Right.BACK_OFFICE)
async def close(session: SessionDep, actor: ActorDep, now: NowDep, discussion: FromPath[UUID]) -> Redirect:
    """It was looked at."""
    await close_report(session, actor, discussion, now)
    return see_other(f"{ROOT}?fait=traite")


HANDLERS = [reports_page, close]
