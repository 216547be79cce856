"""A signature made by hand, on paper: an agent of the prescribing agency attests it, and may join a scan."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, OfficeDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from api.pages.my_requests import download
from data.session import ReadSession
from domain.attachments import EXTENSIONS, MAX_BYTES
from domain.convention import SIGNATORIES, As, Move
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError, UnavailableError
from domain.paper_scan import Scan
from domain.paper_version import check_printed
from domain.roles import Right
from services.conventions import parties, reading, scans
from services.conventions.consulting import note_reading
from services.conventions.parties import HIDDEN, Standing
from services.conventions.reading import Signed
from services.conventions.signing import attest_paper

PAGE = "/conventions/{convention:uuid}/papier"
_MAX_FORM_BYTES = MAX_BYTES + 7_000_000
"""Above the limit of a scan, so that one that is too large is told next to its field."""
_FIELDS = ("whom", "version", "scan", "seen")
_TYPED, _MAX_TYPED = ("whom", "version", "seen"), 30
_WHO = "Choisissez la personne qui a signé."
_SEEN = "Cochez cette case : vous avez le papier signé sous les yeux."
_STALE = "La convention a changé depuis que vous l’avez imprimée : faites signer la nouvelle version."
_AGAIN = "Choisissez de nouveau ce fichier : il n’est gardé qu’avec une signature attestée."


def _options(people: Iterable[Signed]) -> list[tuple[str, str]]:
    """Who may have signed on paper: `Zoé Durand (la personne accueillie)`."""
    waited = (one for one in people if one.at is None)
    return [(one.whom.value, f"{one.name} ({one.label[:1].lower()}{one.label[1:]})") for one in waited]


async def _page(
    session: ReadSession,
    standing: Standing,
    *,
    error: InvalidInputError | None = None,
    conflict: str = "",
    typed: Mapping[str, str] = MappingProxyType({}),
) -> Template:
    row = standing.row
    people = reading.signed_by(row)
    context = {
        "row": row,
        "url": f"/conventions/{row.id}",
        "people": people,
        "papers": await scans.signed_papers(session, standing),
        "options": _options(people),
        "document": row.terms_sha256.hex() if row.terms_sha256 else "",
        **{name: typed.get(name, "") for name in _TYPED},
        "errors": by_field(error) if error else {},
        "conflict": conflict,
    }
    status = 409 if conflict else 422 if error else 200
    return Template("conventions/paper.html", context=context, status_code=status, headers=PRIVATE)


@get(PAGE, right=Right.SIGNED_IN)
async def form(session: SessionDep, actor: ActorDep, now: NowDep, convention: FromPath[UUID]) -> Template:
    """Print, have it signed, then say who signed."""
    standing = await parties.read(session, actor, convention)
    standing.step(Move.ATTEST_PAPER)
    await note_reading(session, standing, now)
    return await _page(session, standing)


@post(PAGE, right=Right.SIGNED_IN, request_max_body_size=_MAX_FORM_BYTES)
async def attest(
    office: OfficeDep, actor: ActorDep, request: PageRequest, convention: FromPath[UUID]
) -> Template | Redirect:
    """The agent attests one signature, of the version that is printed."""
    standing = await parties.read(office.session, actor, convention)
    values = await posted(request)
    typed = {name: text(values, name)[:_MAX_TYPED] for name in _TYPED}
    who = {"whom": typed["whom"]}
    try:
        standing.step(Move.ATTEST_PAPER)
        # A PDF takes seconds to look into: nobody waits for the convention meanwhile.
        whom, scan = await _read(request, standing, **typed)
        standing = await parties.lock(office.session, actor, convention)
        if text(values, "document") != (standing.row.terms_sha256 or b"").hex():
            return await _page(office.session, standing, conflict=_STALE, typed=who)
        await attest_paper(office, standing, whom, scan)
    except InvalidInputError as error:
        return await _page(office.session, standing, error=error, typed=typed)
    except ConflictError as error:
        return await _page(office.session, standing, conflict=error.message, typed=who)
    return see_other(f"/conventions/{convention}?fait=papier")


async def _read(
    request: PageRequest, standing: Standing, *, whom: str, version: str, seen: str
) -> tuple[As, Scan | None]:
    """Who signed, and the scan if there is one; raises `InvalidInputError` on any of `_FIELDS`."""
    errors, scan = [], None
    if whom not in {one.value for one in SIGNATORIES}:
        errors.append(FieldError("whom", _WHO, "required"))
    try:
        check_printed(version, standing.row.version)
    except InvalidInputError as error:
        errors.extend(error.errors)
    try:
        scan = await _joined(request)
    except InvalidInputError as error:
        errors.extend(error.errors)
    except UnavailableError as error:
        errors.append(FieldError("scan", error.message, "unavailable"))
    if not seen:
        errors.append(FieldError("seen", _SEEN, "required"))
    if errors and scan is not None:  # no browser sends a file again by itself
        errors.append(FieldError("scan", _AGAIN, "again"))
    if errors:
        raise InvalidInputError(tuple(sorted(errors, key=lambda one: _FIELDS.index(one.field))))
    return As(whom), scan


async def _joined(request: PageRequest) -> Scan | None:
    given = (await request.form()).get("scan")
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return await scans.taken(await given.read())


@get(f"{PAGE}/{{whom:str}}", right=Right.SIGNED_IN)
async def signed_paper(
    session: SessionDep, actor: ActorDep, now: NowDep, convention: FromPath[UUID], whom: FromPath[str]
) -> Response[Any]:
    """The scan of a signed paper, for agents; what they open is written down."""
    standing = await parties.read(session, actor, convention)
    file = await paper_file(session, standing, whom)
    await note_reading(session, standing, now)
    return file


async def paper_file(session: ReadSession, standing: Standing, whom: str) -> Response[Any]:
    """A scan to save; raises `ForbiddenError`, `NotFoundError`."""
    if whom not in {one.value for one in SIGNATORIES}:
        raise NotFoundError(HIDDEN)
    found = await scans.open_paper(session, standing, As(whom))
    name = f"convention-{standing.row.reference}-papier-signe-{whom}.{EXTENSIONS[found.media_type]}"
    return download(name, found.media_type, found.content)


HANDLERS = [form, attest, signed_paper]
