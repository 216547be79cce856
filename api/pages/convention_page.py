"""One convention for whoever may see it: where it stands, what to do, who signed, its document and story."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ActorDep, NowDep, OfficeDep, SessionDep
from api.pages.convention_acts import DONE, Act, Values, perform
from api.pages.forms import PRIVATE, PageRequest, by_field, posted, see_other, text
from data.queries.agencies import AgencyRow
from data.session import Session
from domain.audit import AUDIT_LABELS
from domain.convention import ENDED, STATUS_LABELS, As, Move, Status, is_over
from domain.convention_next import Moment, next_step
from domain.errors import ConflictError, InvalidInputError
from domain.french import PARIS
from domain.roles import Right
from services.agencies import members
from services.assessments.reading import read as assessment_of
from services.conventions import parties, reading, scans
from services.conventions.consulting import note_reading, readings
from services.conventions.following import unnamed
from services.conventions.parties import Standing
from services.conventions.reading import Signed
from services.conventions.reminding import reminded_today

PAGE = "/conventions/{convention:uuid}"
_MAX_WORDS = 100
_DECIDES = frozenset({Move.PRE_APPROVE, Move.VALIDATE, Move.REJECT})
_CHANGES = frozenset({Move.EDIT, Move.CHANGE_TUTOR, Move.TRANSFER, Move.RENEW, Move.CANCEL, Move.DUPLICATE})
_AGENCY = frozenset({As.COUNSELLOR, As.VALIDATOR, As.READER})


def _back(standing: Standing) -> tuple[str, str]:
    """The list somebody comes from."""
    row, whom = standing.row, standing.whom
    if whom & _AGENCY:
        return "/accompagnement/conventions", "Les conventions de ma structure"
    if row.company_id is not None and row.company_id in standing.actor.companies:
        return f"/entreprise/{row.company_id}/conventions", "Les conventions de mon entreprise"
    return ("/gestion", "Gestion") if whom == {As.BACK_OFFICE} else ("/conventions", "Mes conventions")


def _next(standing: Standing, people: Sequence[Signed], now: datetime) -> str:
    row = standing.row
    moment = Moment(
        status=row.status,
        whom=standing.whom,
        unsigned=standing.unsigned,
        two_step=row.two_step,
        elsewhere=standing.state.elsewhere,
        agency=row.agency,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        today=now.astimezone(PARIS).date(),
        kind=row.kind,
        deposited=row.deposited_at is not None,
        unreached=frozenset(one.whom for one in people if not one.reached),
    )
    return next_step(moment)


async def handed_to(session: Session, standing: Standing, words: str, today: date) -> tuple[AgencyRow, ...]:
    """Agencies that a convention can be handed over to: those that could validate it."""
    if Move.TRANSFER not in standing.moves() or not words.strip():
        return ()
    found = await members.find(session, words)
    own = standing.row.agency_id
    return tuple(one for one in found if one.validates(today) and one.id != own)


async def page_of(  # noqa: PLR0913 - what the page shows
    session: Session,
    standing: Standing,
    now: datetime,
    *,
    words: str = "",
    told: str = "",
    conflict: str = "",
    error: InvalidInputError | None = None,
    values: Values | None = None,
) -> Template:
    """The page as this person may read it; what agents read is written down by the handlers."""
    row = standing.row
    back, back_label = _back(standing)
    over = is_over(row.ends_on, now.astimezone(PARIS).date())
    moves = standing.moves() - ({Move.CANCEL} if over else set())
    decides = bool(moves & _DECIDES)
    people = reading.signed_by(row)
    context = {
        "row": row,
        "terms": row.document,
        "url": f"/conventions/{row.id}",
        "moves": moves,
        "unsigned": standing.unsigned - standing.whom,
        "reminded": await reminded_today(session, standing, now),
        "decides": decides,
        "unnamed": unnamed(row),
        "replaced": await reading.replaced_of(session, row) if decides else (),
        "stranger": decides and await reading.is_stranger(session, row),
        "changes": bool(moves & _CHANGES),
        "ended": row.status in ENDED,
        "next": _next(standing, people, now),
        "status_label": STATUS_LABELS[row.status],
        "people": people,
        "unwritten": [one for one in people if not one.written] if standing.whom & _AGENCY else [],
        "papers": await scans.signed_papers(session, standing),
        "prescriber": await reading.prescriber(session, row),
        "story": await reading.story_of(session, standing),
        "told_of": await assessment_of(session, row, standing.whom),
        "read_by": await readings(session, standing),
        "audit_labels": AUDIT_LABELS,
        "agencies": await handed_to(session, standing, words, now.date()),
        "words": words,
        "back": back,
        "back_label": back_label,
        "told": told,
        "conflict": conflict,
        "errors": by_field(error) if error else {},
        "typed": values or {},
        "act": text(values, "acte") if values else "",
    }
    status = 409 if conflict else 422 if error else 200
    return Template("conventions/page.html", context=context, status_code=status, headers=PRIVATE)


@get(PAGE, right=Right.SIGNED_IN)
async def convention_page(
    session: SessionDep, actor: ActorDep, request: PageRequest, now: NowDep, convention: FromPath[UUID]
) -> Template | Redirect:
    """A draft is read where it is written."""
    standing = await parties.read(session, actor, convention)
    if standing.row.status is Status.DRAFT and Move.WRITE in standing.moves():
        return see_other(f"/convention/{convention}")
    await note_reading(session, standing, now)
    words = request.query_params.get("structure", "")[:_MAX_WORDS]
    told = DONE.get(request.query_params.get("fait", ""), "")
    return await page_of(session, standing, now, words=words, told=told)


@post(PAGE, right=Right.SIGNED_IN)
async def act(
    office: OfficeDep, actor: ActorDep, request: PageRequest, convention: FromPath[UUID]
) -> Template | Redirect:
    """What a button of the page does; a page that is not up to date is shown as it is now."""
    values = await posted(request)
    standing = await parties.lock(office.session, actor, convention)
    words = text(values, "structure")[:_MAX_WORDS]
    try:
        return see_other(await perform(Act(office, standing, values)))
    except InvalidInputError as error:
        return await page_of(office.session, standing, office.now, words=words, error=error, values=values)
    except ConflictError as error:
        return await page_of(office.session, standing, office.now, conflict=error.message)


HANDLERS = [convention_page, act]
