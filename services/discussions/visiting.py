"""Visits: one side proposes slots, the other picks, both are reminded, the company says whether it was."""

from datetime import datetime, timedelta
from uuid import UUID

from data.queries import visits
from data.queries.visits import VisitRow
from data.session import Session
from domain.discussion import Move, Side, after
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.visit import Proposal, VisitMove, VisitStatus, after_visit, check_slots, midnight
from services.discussions.deciding import answered
from services.discussions.parties import HIDDEN, Party
from services.followups import Event, follow

UNTOLD_AFTER = timedelta(hours=24)
"""A day after the visit, the company is asked whether it took place."""
_ONE = "Une visite est déjà prévue. Annulez-la d’abord si elle ne convient plus."


async def propose(session: Session, party: Party, side: Side, proposal: Proposal, now: datetime) -> UUID:
    """Propose up to five slots to the other side; the visit's id.

    Raises `InvalidInputError` on `slots`, `minutes`, `place`, `ConflictError` when one is live already.
    """
    after(party.on(side).row.status, Move.PLAN_VISIT, side)
    tidy = check_slots(proposal, now)
    if any(one.live for one in await visits.of_discussion(session, party.row.id)):
        raise ConflictError(_ONE)
    values = {"discussion_id": party.row.id, "proposed_by": side.value, "slots": list(tidy.slots)}
    visit = await visits.add(session, {**values, "minutes": tidy.minutes, "place": tidy.place}, now)
    await _tell(session, party, _other(side), visit)
    if side is Side.COMPANY:
        await answered(session, party.row, now)
    return visit


async def pick(
    session: Session, party: Party, side: Side, visit: UUID, slot: datetime | None, now: datetime
) -> None:
    """Choose one of the slots proposed; raises `InvalidInputError` on `slot`, and as `after_visit`."""
    row = await _of(session, party, visit)
    to = _after(row, VisitMove.PICK, party, side, now)
    if slot not in row.slots or slot is None or slot <= now:
        said = "Choisissez une des dates proposées, encore à venir."
        raise InvalidInputError((FieldError("slot", said, "required"),))
    await visits.change(session, visit, {"status": to.value, "starts_at": slot}, now)
    await _tell(session, party, Side.CANDIDATE, visit)
    await _tell(session, party, Side.COMPANY, visit)
    if side is Side.COMPANY:
        await answered(session, party.row, now)


async def cancel(session: Session, party: Party, side: Side, visit: UUID, now: datetime) -> None:
    """Give a visit up; the other side is told."""
    row = await _of(session, party, visit)
    to = _after(row, VisitMove.CANCEL, party, side, now)
    await visits.change(session, visit, {"status": to.value}, now)
    await _tell(session, party, _other(side), visit)


async def mark(session: Session, party: Party, visit: UUID, now: datetime, *, came: bool) -> None:
    """The company says whether the person came."""
    row = await _of(session, party, visit)
    move = VisitMove.MARK_DONE if came else VisitMove.MARK_NO_SHOW
    to = _after(row, move, party, Side.COMPANY, now)
    await visits.change(session, visit, {"status": to.value}, now)


async def remind(session: Session, now: datetime) -> int:
    """By the clock: remind both sides of the visits of tomorrow, ask about those of yesterday; how many."""
    tomorrow = midnight(now, days=1)
    due = await visits.to_remind(session, tomorrow, midnight(now, days=2), now)
    for row in due:
        ids = {"discussion": str(row.discussion_id), "visit": str(row.id)}
        await follow(session, Event.VISIT_TOMORROW, **ids)
    untold = await visits.to_tell(session, now - UNTOLD_AFTER, now)
    for row in untold:
        ids = {"discussion": str(row.discussion_id), "visit": str(row.id)}
        await follow(session, Event.VISIT_UNTOLD, **ids)
    return len(due) + len(untold)


async def _of(session: Session, party: Party, visit: UUID) -> VisitRow:
    row = await visits.by_id(session, visit)
    if row is None or row.discussion_id != party.row.id:
        raise NotFoundError(HIDDEN)
    return row


def _after(row: VisitRow, move: VisitMove, party: Party, side: Side, now: datetime) -> VisitStatus:
    party.on(side)
    return after_visit(row.status, move, side, proposed_by=row.proposed_by, starts_at=row.starts_at, now=now)


def _other(side: Side) -> Side:
    return Side.COMPANY if side is Side.CANDIDATE else Side.CANDIDATE


async def _tell(session: Session, party: Party, side: Side, visit: UUID) -> None:
    event = Event.VISIT_TO_COMPANY if side is Side.COMPANY else Event.VISIT_TO_CANDIDATE
    await follow(session, event, discussion=str(party.row.id), visit=str(visit))
