"""The files of a convention: the sealed one, the copy signed by hand, the blank form."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from litestar.response import Redirect

from api.deps import ActorDep, ClientIpDep, CountersDep, NowDep, SessionDep, SettingsDep, StorageDep
from api.errors import on_domain_error
from api.limits import limit_papers
from api.pages.forms import PRIVATE, PageRequest, see_other
from clients.storage import Storage
from data.queries import convention_documents
from data.queries.conventions import ConventionRow
from data.session import Session
from domain.convention import Kind, Status
from domain.errors import NotFoundError, UnavailableError
from domain.roles import Right
from services.conventions import parties, sign_links
from services.conventions.consulting import note_reading
from services.conventions.documents import OtherBytesError, file_of
from services.conventions.papers import blank_form, paper_copy
from services.conventions.sign_links import Old
from services.followups import Event, follow

_ACCOUNT, _LINK = "/conventions/{convention:uuid}", "/signature/{token:str}"
_BEING_MADE = "Le document est en préparation. Revenez dans une minute."
_NONE = "Cette convention n’est pas validée : elle n’a pas de document signé."
_A_DAY = {"Cache-Control": "public, max-age=86400"}


async def provide_public_url(counters: CountersDep, settings: SettingsDep, client_ip: ClientIpDep) -> str:
    """What the QR code of a copy begins with, once the copy is counted; raises `TooManyError`."""
    await limit_papers(counters, settings, client_ip)
    return settings.public_url


PublicUrlDep = NamedDependency[str]
_COUNTED = {"public_url": Provide(provide_public_url)}


def _file(content: bytes, name: str, headers: dict[str, str]) -> Response[Any]:
    """A file to keep: printed to another PDF from a browser, it would lose its seal."""
    attached = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers={**headers, **attached})


async def sealed_file(
    session: Session, storage: Storage, row: ConventionRow, request: PageRequest
) -> Response[Any]:
    """The sealed file in force; the operator is told of one that cannot be had."""
    found = await convention_documents.last(session, row.id)
    if found is None:
        if row.status is Status.VALIDATED:
            raise UnavailableError(_BEING_MADE, retry_after_s=60)
        raise NotFoundError(_NONE)
    try:
        content = await file_of(storage, found)
    except OtherBytesError as error:
        # Answered, not raised: what tells the operator is committed with the request.
        await follow(session, Event.DOCUMENT_TO_LOOK_AT, convention=str(row.id), number=found.number)
        return on_domain_error(request, error)
    return _file(content, f"convention-{row.reference}", PRIVATE)


@get(f"{_ACCOUNT}/document.pdf", right=Right.SIGNED_IN)
async def sealed_by_account(
    *,
    session: SessionDep,
    actor: ActorDep,
    storage: StorageDep,
    now: NowDep,
    request: PageRequest,
    convention: FromPath[UUID],
) -> Response[Any]:
    """For whoever may see the convention."""
    standing = await parties.read(session, actor, convention)
    await note_reading(session, standing, now)
    return await sealed_file(session, storage, standing.row, request)


@get(f"{_LINK}/document.pdf", right=Right.ANYONE)
async def sealed_by_link(
    session: SessionDep, storage: StorageDep, now: NowDep, request: PageRequest, token: FromPath[str]
) -> Response[Any] | Redirect:
    """For who signed by a link that still works; an old one says why on its page."""
    opened = await sign_links.read(session, token, now)
    if isinstance(opened, Old):
        return see_other(f"/signature/{token}")
    return await sealed_file(session, storage, opened.standing.row, request)


@get(f"{_ACCOUNT}/a-signer.pdf", right=Right.SIGNED_IN, dependencies=_COUNTED)
async def paper_by_account(
    *,
    session: SessionDep,
    actor: ActorDep,
    now: NowDep,
    public_url: PublicUrlDep,
    convention: FromPath[UUID],
) -> Response[Any]:
    """The copy to sign by hand."""
    standing = await parties.read(session, actor, convention)
    await note_reading(session, standing, now)
    content = await paper_copy(session, standing.row, public_url)
    return _file(content, f"convention-{standing.row.reference}-a-signer", PRIVATE)


@get(f"{_LINK}/a-signer.pdf", right=Right.ANYONE, dependencies=_COUNTED)
async def paper_by_link(
    *,
    session: SessionDep,
    now: NowDep,
    public_url: PublicUrlDep,
    token: FromPath[str],
) -> Response[Any] | Redirect:
    """The same, for who was asked to sign."""
    opened = await sign_links.read(session, token, now)
    if isinstance(opened, Old):
        return see_other(f"/signature/{token}")
    content = await paper_copy(session, opened.standing.row, public_url)
    return _file(content, f"convention-{opened.standing.row.reference}-a-signer", PRIVATE)


@get("/convention/vierge.pdf", right=Right.ANYONE)
async def blank(request: PageRequest, now: NowDep) -> Response[Any]:
    """The form to fill by hand (`type`: `pmsmp` or `mini_stage`); it names nobody, and is kept in memory."""
    asked = request.query_params.get("type", "")
    kind = Kind(asked) if asked in set(Kind) else Kind.PMSMP
    return _file(await blank_form(kind, now), f"convention-vierge-{kind.value.replace('_', '-')}", _A_DAY)


HANDLERS = [sealed_by_account, sealed_by_link, paper_by_account, paper_by_link, blank]
