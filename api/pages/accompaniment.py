"""The prescriber's space: the people they accompany, their files, and working with one of them."""

from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SearchDep, SessionDep
from api.pages.forms import PageRequest, by_field, posted, see_other, text
from api.pages.searches_made import searches_made
from data.session import Session
from domain.audit import AUDIT_LABELS
from domain.errors import ConflictError, InvalidInputError
from domain.flags import Flag
from domain.referral import NewPerson
from domain.roles import Actor, Right
from services import flags, person_files, referrals

ROOT = "/accompagnement"
DONE = {
    "demande": "Si un compte a cette adresse, la personne reçoit un message et répond depuis son compte.",
    "fin": "L’accompagnement est terminé. Le dossier ne vous est plus ouvert.",
    "confie": "L’accompagnement est confié. La personne et votre collègue reçoivent un message.",
    "ferme": "Le dossier est refermé dans ce navigateur.",
}
EMPTY = NewPerson(first_name="", last_name="")


@get(ROOT, right=Right.AGENT)
async def people_page(session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep) -> Template:
    """What waits today, then the people accompanied and those asked."""
    rows = await person_files.people(session, actor)
    context = {
        "followed": [row for row in rows if row.current],
        "asked": [row for row in rows if not row.current],
        "tasks": await person_files.today(session, actor, now),
        "agencies": await person_files.agencies(session, actor),
        "done": DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("accompaniment/people.html", context=context)


async def _new(
    session: Session,
    actor: Actor,
    *,
    person: NewPerson = EMPTY,
    email: str = "",
    error: InvalidInputError | None = None,
) -> Template:
    context = {
        "agencies": await person_files.agencies(session, actor),
        "closed": await flags.closed(session, Flag.REFERRALS),
        "person": person,
        "email": email,
        "errors": by_field(error) if error else {},
    }
    return Template("accompaniment/new.html", context=context, status_code=422 if error else 200)


@get(f"{ROOT}/nouveau", right=Right.AGENT)
async def new_page(session: SessionDep, actor: ActorDep) -> Template:
    """Start a file with a person beside, or ask one who has an account."""
    return await _new(session, actor)


def _agency(values: dict[str, str | list[str]]) -> int:
    typed = text(values, "agency")
    return int(typed) if typed.isdecimal() and typed.isascii() and len(typed) < 19 else 0  # noqa: PLR2004 - 64 bits


@post(f"{ROOT}/nouveau", right=Right.AGENT)
async def start(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep
) -> Template | Redirect:
    """Start a file with the person beside, and open it."""
    values = await posted(request)
    person = NewPerson(
        first_name=text(values, "first_name"),
        last_name=text(values, "last_name"),
        email=text(values, "email"),
        agreed=text(values, "agreed") == "1",
    )
    try:
        beneficiary = await referrals.start_file(session, actor, _agency(values), person, now)
    except InvalidInputError as error:
        return await _new(session, actor, person=person, error=error)
    return see_other(f"{ROOT}/{beneficiary}")


@post(f"{ROOT}/demande", right=Right.AGENT)
async def ask(session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep) -> Template | Redirect:
    """Ask a person who has an account; the answer is the same when nobody has that address."""
    values = await posted(request)
    email = text(values, "person_email")
    try:
        await referrals.propose(session, actor, _agency(values), email, now)
    except InvalidInputError as error:
        moved = InvalidInputError(tuple(replace(one, field="person_email") for one in error.errors))
        return await _new(session, actor, email=email, error=moved)
    return see_other(f"{ROOT}?fait=demande")


@get(f"{ROOT}/{{person:uuid}}", right=Right.AGENT)
async def file_page(
    session: SessionDep,
    actor: ActorDep,
    now: NowDep,
    request: PageRequest,
    search: SearchDep,
    person: FromPath[UUID],
) -> Template:
    """A person's file: this reading is written down, and the person sees it."""
    found = await person_files.read_file(session, actor, person, now)
    context = {
        "file": found,
        "searches": searches_made(found.searches, search.occupations.labels),
        "row": found.referral,
        "open": actor.acting is not None and actor.acting.beneficiary == person,
        "colleagues": await referrals.colleagues(session, actor, found.referral.agency_id),
        "audit_labels": AUDIT_LABELS,
        "me": actor.user,
        "done": DONE.get(request.query_params.get("fait", ""), ""),
    }
    return Template("accompaniment/file.html", context=context)


@post(f"{ROOT}/{{person:uuid}}/ouvrir", right=Right.AGENT)
async def open_passport(
    session: SessionDep, actor: ActorDep, now: NowDep, person: FromPath[UUID]
) -> Redirect:
    """Work with the person: the passport pages and the searches of this browser are theirs."""
    await person_files.work_with(session, actor, person, now)
    return see_other("/passeport")


@post(f"{ROOT}/fermer", right=Right.SIGNED_IN)
async def close_passport(session: SessionDep, actor: ActorDep) -> Redirect:
    """Close the person's passport in this browser."""
    await person_files.leave(session, actor)
    back = f"{ROOT}/{actor.acting.beneficiary}?fait=ferme" if actor.acting else "/compte"
    return see_other(back)


@post(f"{ROOT}/lien/{{referral:int}}/fin", right=Right.SIGNED_IN)
async def stop(session: SessionDep, actor: ActorDep, now: NowDep, referral: FromPath[int]) -> Redirect:
    """End an accompaniment, from either side; twice is the same."""
    with suppress(ConflictError):
        await referrals.stop(session, actor, referral, now)
    by_person = any(row.id == referral for row in await person_files.of_person(session, actor))
    return see_other("/compte/accompagnement?fait=fin" if by_person else f"{ROOT}?fait=fin")


@post(f"{ROOT}/lien/{{referral:int}}/confier", right=Right.AGENT)
async def entrust(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, referral: FromPath[int]
) -> Redirect:
    """Entrust a person to a colleague."""
    values = await posted(request)
    try:
        colleague = UUID(text(values, "colleague"))
    except ValueError:
        raise ConflictError("Choisissez un ou une collègue dans la liste.") from None
    await referrals.hand_over(session, actor, referral, colleague, now)
    return see_other(f"{ROOT}?fait=confie")


HANDLERS = [
    people_page,
    new_page,
    start,
    ask,
    file_page,
    open_passport,
    close_passport,
    stop,
    entrust,
]
