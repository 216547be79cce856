"""The link of an assessment past its time: why it opens nothing, and another to where they are reached."""

from dataclasses import dataclass
from uuid import UUID

from data.queries import assessments, conventions, links
from data.queries.assessments import AssessmentRow
from domain.assessment import Side
from domain.contacts import by_mail
from domain.convention import Status
from domain.errors import NotFoundError
from services.assessments.opening import FOLLOW, reached
from services.conventions.story import Office
from services.followups import Event, follow
from services.links import UNKNOWN, Purpose

_OLD = "Ce lien n’est plus valable : il a dépassé sa durée."
_DONE = "Vous avez déjà répondu : vous n’avez plus rien à remplir."
_GONE = "Le bilan de cette immersion n’est plus à remplir."


@dataclass(frozen=True, slots=True)
class Old:
    """Why a link opens nothing any more; the address or the mobile that may be sent another, if any."""

    why: str
    convention: UUID
    side: str
    reached: str = ""


async def read(office: Office, token: str) -> Old:
    """What an old link was for; raises `NotFoundError` for one that was never sent."""
    session = office.session
    link = await links.read(session, token, Purpose.ASSESSMENT)
    if link is None:
        raise NotFoundError(UNKNOWN)
    identifier, _, side = link.subject_id.partition(":")
    convention = UUID(identifier)
    row = await conventions.by_id(session, convention)
    if row is None or row.terms is None or row.status is not Status.VALIDATED or row.archived_at is not None:
        return Old(_GONE, convention, side)
    if _answered(await assessments.of_convention(session, convention), side):
        return Old(_DONE, convention, side)
    to = reached(row, side)
    return Old(_OLD, convention, side, to if by_mail(to) or office.texts else "")


def _answered(said: AssessmentRow, side: str) -> bool:
    """Whether that side has nothing more to say (`services.assessments.letters.link_mail`)."""
    if side == FOLLOW:
        return said.follow_up is not None
    if side == Side.COMPANY:
        return said.company_at is not None
    return said.person_agrees is not None or (said.person_at is not None and said.company_at is None)


async def ask_another(office: Office, token: str) -> Old:
    """Send a new link to where they are reached, and nowhere else; raises `NotFoundError` when nowhere."""
    old = await read(office, token)
    if not old.reached:
        raise NotFoundError(old.why)
    await follow(office.session, Event.ASSESSMENT_LINK_ASKED, convention=str(old.convention), side=old.side)
    return old
