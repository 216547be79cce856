"""One request before its company: by the link of a mail, without an account, or from the company's space.

Opening either changes nothing: mail filters open links before people do. Both doors show the same page
and read the same forms (`api.pages.discussion_acts`).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, SessionDep, SettingsDep
from api.pages.discussion_acts import DONE, Act, Values, perform
from api.pages.forms import PRIVATE, PageRequest, posted, see_other
from api.pages.my_requests import download, thread_context, visit_calendar
from data.queries import places
from data.session import Session
from domain.discussion import CLOSED, COMPANY_REASONS, REASON_LABELS, TOLD_LABELS, Side
from domain.errors import ConflictError, InvalidInputError, NotFoundError
from domain.roles import Right
from domain.search import OBJECTIVE_LABELS
from services.discussions import answering, reading
from services.discussions.parties import HIDDEN, Party

LINK = "/reponse/{token:str}"
MEMBER = "/entreprise/{company:int}/demandes/{discussion:uuid}"
_ACTS = {"ecrire", "accepter", "refuser", "signaler", "rencontre", "visite", "choisir", "annuler", "venue"}
"""What a company does; the others are refused by the rules, or are of other pages."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where a page of a request is read from: its own address, and the list behind it (none for a link)."""

    url: str
    back: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a form did: refused (`error`, with what was typed), too late (`conflict`), or done."""

    error: InvalidInputError | None = None
    values: Values | None = None
    conflict: str = ""
    done: str = ""


_FRESH = Outcome()


async def page(
    session: Session, party: Party, door: Door, now: datetime, outcome: Outcome = _FRESH
) -> Template:
    """The request as its company reads it."""
    seen = await reading.see(session, party, Side.COMPANY, now)
    context = {
        **thread_context(seen, door.url, outcome.error, dict(outcome.values or {})),
        "back": door.back,
        "done": outcome.done,
        "conflict": outcome.conflict,
        "passport": await answering.shared_passport(session, seen.row),
        "objective": OBJECTIVE_LABELS[seen.row.objective],
        "reason": reading.reason(seen.row),
        "told_labels": {one.value: label for one, label in TOLD_LABELS.items()},
        "reasons": [(one.value, REASON_LABELS[one]) for one in COMPANY_REASONS],
        "visit_place": seen.row.place or await _first_place(session, seen.row.company_id),
    }
    status = 409 if outcome.conflict else 422 if outcome.error else 200
    return Template("discussions/answer.html", context=context, status_code=status, headers=PRIVATE)


async def _first_place(session: Session, company_id: int) -> str:
    """Where the company is, to begin with; empty when it has no place."""
    first = next((one.place for one in await places.places_of(session, company_id)), None)
    parts = (first.address, f"{first.postal_code} {first.city}") if first else ()
    return ", ".join(part for part in parts if part.strip())


async def _act(
    session: Session, party: Party, door: Door, request: PageRequest, now: datetime
) -> Template | Redirect:
    """What a button does; who comes second reads what the first has answered."""
    values = await posted(request)
    if values.get("acte") not in _ACTS:
        raise NotFoundError(HIDDEN)
    try:
        done = await perform(Act(session, party, Side.COMPANY, values, now))
    except InvalidInputError as error:
        return await page(session, party, door, now, Outcome(error=error, values=values))
    except ConflictError as error:
        return await page(session, party, door, now, Outcome(conflict=error.message))
    return see_other(f"{door.url}?fait={done}")


def _said(request: PageRequest) -> Outcome:
    return Outcome(done=DONE.get(request.query_params.get("fait", ""), ""))


@get(LINK, right=Right.ANYONE)
async def link_page(session: SessionDep, request: PageRequest, now: NowDep, token: FromPath[str]) -> Template:
    """The request that a mail's link opens."""
    party = await answering.by_link(session, token, now)
    return await page(session, party, Door(f"/reponse/{token}"), now, _said(request))


@post(LINK, right=Right.ANYONE)
async def answer_by_link(
    session: SessionDep, request: PageRequest, now: NowDep, token: FromPath[str]
) -> Template | Redirect:
    """Answer without an account."""
    party = await answering.lock_by_link(session, token, now)
    return await _act(session, party, Door(f"/reponse/{token}"), request, now)


@get(f"{LINK}/fichiers/{{file:uuid}}", right=Right.ANYONE)
async def link_file(
    session: SessionDep, now: NowDep, token: FromPath[str], file: FromPath[UUID]
) -> Response[bytes]:
    """A file of the request, always as a download."""
    return await _file(session, await answering.by_link(session, token, now), file)


@get(f"{LINK}/visite.ics", right=Right.ANYONE)
async def link_calendar(
    session: SessionDep, now: NowDep, settings: SettingsDep, token: FromPath[str]
) -> Response[bytes]:
    """The visit, for a calendar."""
    party = await answering.by_link(session, token, now)
    seen = await reading.see(session, party, Side.COMPANY, now)
    return visit_calendar(seen, settings.public_url)


async def _file(session: Session, party: Party, file: UUID) -> Response[bytes]:
    if party.row.status in CLOSED:
        raise NotFoundError("La demande est close : ses fichiers ne sont plus ouverts à l’entreprise.")
    return download(*await reading.file_of(session, party, file))


def _door(company: int, discussion: UUID) -> Door:
    back = f"/entreprise/{company}/demandes"
    return Door(f"{back}/{discussion}", back)


@get(MEMBER, right=Right.COMPANY)
async def member_page(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    now: NowDep,
    company: FromPath[int],
    discussion: FromPath[UUID],
) -> Template:
    """The same page, for the company's people."""
    party = await answering.for_member(session, actor, company, discussion)
    return await page(session, party, _door(company, discussion), now, _said(request))


@post(MEMBER, right=Right.COMPANY)
async def answer(
    *,
    session: SessionDep,
    request: PageRequest,
    actor: ActorDep,
    now: NowDep,
    company: FromPath[int],
    discussion: FromPath[UUID],
) -> Template | Redirect:
    """Answer from the company's space."""
    party = await answering.lock_for_member(session, actor, company, discussion)
    return await _act(session, party, _door(company, discussion), request, now)


@get(f"{MEMBER}/fichiers/{{file:uuid}}", right=Right.COMPANY)
async def member_file(
    session: SessionDep,
    actor: ActorDep,
    company: FromPath[int],
    discussion: FromPath[UUID],
    file: FromPath[UUID],
) -> Response[bytes]:
    """A file of the request, always as a download."""
    return await _file(session, await answering.for_member(session, actor, company, discussion), file)


@get(f"{MEMBER}/visite.ics", right=Right.COMPANY)
async def member_calendar(
    *,
    session: SessionDep,
    actor: ActorDep,
    now: NowDep,
    settings: SettingsDep,
    company: FromPath[int],
    discussion: FromPath[UUID],
) -> Response[bytes]:
    """The visit, for a calendar."""
    party = await answering.for_member(session, actor, company, discussion)
    seen = await reading.see(session, party, Side.COMPANY, now)
    return visit_calendar(seen, settings.public_url)


HANDLERS = [
    link_page,
    answer_by_link,
    link_file,
    link_calendar,
    member_page,
    answer,
    member_file,
    member_calendar,
]
