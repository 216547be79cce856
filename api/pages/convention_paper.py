"""A signature made by hand, on paper: an agent of the prescribing agency attests it."""

from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, OfficeDep, SessionDep
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.session import ReadSession
from domain.convention import SIGNATORIES, As, Move
from domain.errors import ConflictError, FieldError, InvalidInputError
from domain.roles import Right
from services.conventions import parties, reading
from services.conventions.consulting import note_reading
from services.conventions.parties import Standing
from services.conventions.signing import attest_paper

PAGE = "/conventions/{convention:uuid}/papier"
_WHO = "Choisissez la personne qui a signé."
_SEEN = "Cochez cette case : vous avez le papier signé sous les yeux."
_STALE = "La convention a changé depuis que vous l’avez imprimée : faites signer la nouvelle version."


async def _page(
    session: ReadSession,
    standing: Standing,
    *,
    error: InvalidInputError | None = None,
    conflict: str = "",
    whom: str = "",
) -> Template:
    row = standing.row
    people = await reading.signed_by(session, row)
    context = {
        "row": row,
        "url": f"/conventions/{row.id}",
        "people": people,
        "options": [(one.whom.value, f"{one.name} ({one.label})") for one in people if one.at is None],
        "document": row.terms_sha256.hex() if row.terms_sha256 else "",
        "whom": whom,
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


@post(PAGE, right=Right.SIGNED_IN)
async def attest(
    office: OfficeDep, actor: ActorDep, request: PageRequest, convention: FromPath[UUID]
) -> Template | Redirect:
    """The agent attests one signature, of the version that is printed."""
    standing = await parties.lock(office.session, actor, convention)
    values = await posted(request)
    typed = text(values, "whom")
    try:
        standing.step(Move.ATTEST_PAPER)
        if text(values, "document") != (standing.row.terms_sha256 or b"").hex():
            return await _page(office.session, standing, conflict=_STALE, whom=typed)
        await attest_paper(office, standing, _read(typed, text(values, "seen")))
    except InvalidInputError as error:
        return await _page(office.session, standing, error=error, whom=typed)
    except ConflictError as error:
        return await _page(office.session, standing, conflict=error.message, whom=typed)
    return see_other(f"/conventions/{convention}?fait=papier")


def _read(typed: str, seen: str) -> As:
    """Who signed; raises `InvalidInputError` on `whom`, `seen`."""
    errors = []
    if typed not in {one.value for one in SIGNATORIES}:
        errors.append(FieldError("whom", _WHO, "required"))
    if not seen:
        errors.append(FieldError("seen", _SEEN, "required"))
    if errors:
        raise InvalidInputError(tuple(errors))
    return As(typed)


HANDLERS = [form, attest]
