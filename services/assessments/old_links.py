"""The link of an assessment past its time: why it opens nothing, and another one to the address on file."""

from dataclasses import dataclass
from uuid import UUID

from data.queries import assessments, conventions, links
from data.queries.assessments import AssessmentRow
from data.session import Session
from domain.assessment import Side
from domain.convention import Status
from domain.errors import NotFoundError
from services.assessments.opening import FOLLOW, reached
from services.followups import Event, follow
from services.links import UNKNOWN, Purpose

_OLD = "Ce lien n’est plus valable : il a dépassé sa durée."
_DONE = "Vous avez déjà répondu : vous n’avez plus rien à remplir."
_GONE = "Le bilan de cette immersion n’est plus à remplir."


@dataclass(frozen=True, slots=True)
class Old:
    """Why a link opens nothing any more; the address that may be sent another, if any."""

    why: str
    convention: UUID
    side: str
    email: str = ""


async def read(session: Session, token: str) -> Old:
    """What an old link was for; raises `NotFoundError` for one that was never sent."""
    link = await links.lock(session, token, Purpose.ASSESSMENT)
    if link is None:
        raise NotFoundError(UNKNOWN)
    identifier, _, side = link.subject_id.partition(":")
    convention = UUID(identifier)
    row = await conventions.by_id(session, convention)
    if row is None or row.terms is None or row.status is not Status.VALIDATED or row.archived_at is not None:
        return Old(_GONE, convention, side)
    if _answered(await assessments.of_convention(session, convention), side):
        return Old(_DONE, convention, side)
    return Old(_OLD, convention, side, await reached(session, row, side))


def _answered(said: AssessmentRow, side: str) -> bool:
    """Whether that side has nothing more to say (`services.assessments.letters.link_mail`)."""
    if side == FOLLOW:
        return said.follow_up is not None
    if side == Side.COMPANY:
        return said.company_at is not None
    return said.person_agrees is not None or (said.person_at is not None and said.company_at is None)


async def ask_another(session: Session, token: str) -> Old:
    """Send a new link to the address on file, and to no other; raises `NotFoundError` when nobody has one."""
    old = await read(session, token)
    if not old.email:
        raise NotFoundError(old.why)
    await follow(session, Event.ASSESSMENT_LINK_ASKED, convention=str(old.convention), side=old.side)
    return old
