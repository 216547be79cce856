"""An archived convention: opened once, by the agency or the platform, with a reason that is written down."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, OfficeDep, StorageDep
from api.pages.convention_documents import sealed_file
from api.pages.convention_paper import paper_file
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import ReadSession
from domain.errors import ArchivedError, InvalidInputError
from domain.roles import Actor, Right
from services.assessments import reading as assessment_reading
from services.conventions import archives, parties, reading, scans
from services.conventions.parties import Standing
from services.conventions.story import Office

PAGE = "/conventions/{convention:uuid}/archive"


async def _asked(
    session: ReadSession, convention: UUID, error: InvalidInputError | None = None, typed: str = ""
) -> Template:
    context = {
        "papers": await scans.papers_of(session, convention),
        "url": f"/conventions/{convention}/archive",
        "errors": by_field(error) if error else {},
        "typed": typed,
        "row": None,
    }
    status = 422 if error else 200
    return Template("conventions/archive.html", context=context, status_code=status, headers=PRIVATE)


async def _opened(
    office: Office, actor: Actor, request: PageRequest, convention: UUID
) -> Standing | Template:
    """The convention, for the reason typed, which is written down; else the page that asks for one."""
    typed = text(await posted(request), "reason")
    try:
        return await archives.open_archive(office, actor, convention, typed)
    except InvalidInputError as error:
        return await _asked(office.session, convention, error, typed)


@get(PAGE, right=Right.SIGNED_IN)
async def archive_page(office: OfficeDep, actor: ActorDep, convention: FromPath[UUID]) -> Template | Redirect:
    """Why it is asked to be read; one that is not archived has its own page."""
    try:
        await parties.read(office.session, actor, convention)
    except ArchivedError:
        await archives.check_opener(office.session, actor, convention)
        return await _asked(office.session, convention)
    return see_other(f"/conventions/{convention}")


@post(PAGE, right=Right.SIGNED_IN, status_code=200)
async def read_archive(
    office: OfficeDep, actor: ActorDep, request: PageRequest, convention: FromPath[UUID]
) -> Template:
    """The whole convention, this once."""
    standing = await _opened(office, actor, request, convention)
    if isinstance(standing, Template):
        return standing
    row = standing.row
    context = {
        "row": row,
        "terms": row.document,
        "errors": {},
        "people": reading.signed_by(row),
        "prescriber": await reading.prescriber(office.session, row),
        "lines": await reading.story_of(office.session, standing),
        "told": await assessment_reading.read(office.session, row, standing.whom),
    }
    return Template("conventions/archive.html", context=context, headers=PRIVATE)


@post(f"{PAGE}/document.pdf", right=Right.SIGNED_IN, status_code=200)
async def read_archived_file(
    office: OfficeDep, actor: ActorDep, storage: StorageDep, request: PageRequest, convention: FromPath[UUID]
) -> Template | Response[Any]:
    """Its sealed file, this once: an accident may be told years later."""
    standing = await _opened(office, actor, request, convention)
    if isinstance(standing, Template):
        return standing
    return await sealed_file(office.session, storage, standing.row, request)


@post(f"{PAGE}/papier/{{whom:str}}", right=Right.SIGNED_IN, status_code=200)
async def read_archived_paper(
    office: OfficeDep, actor: ActorDep, request: PageRequest, convention: FromPath[UUID], whom: FromPath[str]
) -> Template | Response[Any]:
    """The scan of one of its signed papers, this once."""
    standing = await _opened(office, actor, request, convention)
    if isinstance(standing, Template):
        return standing
    return await paper_file(office.session, standing, whom)


HANDLERS = [archive_page, read_archive, read_archived_file, read_archived_paper]
