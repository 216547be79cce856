"""Documents sealed while no authority answered about the time: listed, with what is to be done."""

from litestar import get
from litestar.response import Template

from api.deps import ActorDep, SessionDep
from domain.roles import Right
from services.conventions.document_alerts import without_time

ROOT = "/gestion/scellements"


@get(ROOT, right=Right.BACK_OFFICE)
async def seals_page(session: SessionDep, actor: ActorDep) -> Template:
    """The latest, the newest first."""
    return Template("back_office/seals.html", context={"seals": await without_time(session, actor)})


HANDLERS = [seals_page]
