"""Moves of a discussion: one row locked, one rule asked, one line of the audit, everybody told.

An answer is the company's first sign of life, whatever it says: it is what its delay is counted from.
"""

from datetime import datetime

from data.queries import activity, company_space, discussions, ranking, visits
from data.queries.discussions import DiscussionRow
from data.session import Session
from domain.audit import AuditAction
from domain.discussion import (
    Move,
    Reason,
    Refusal,
    Side,
    Status,
    Told,
    after,
    answers_within,
    check_message,
    check_refusal,
    teaches,
)
from domain.roles import NOBODY, Actor
from services.audit import record
from services.discussions.asking import reach
from services.discussions.parties import Party
from services.followups import Event, follow


async def validate(session: Session, party: Party, now: datetime) -> None:
    """The referent lets the request go to the company; raises as `after`."""
    to = after(party.row.status, Move.VALIDATE, _side(party, Side.REFERENT))
    await discussions.change(session, party.row.id, {"status": to.value}, now)
    await _note(session, party.actor, AuditAction.DISCUSSION_VALIDATED, party.row, now)
    await reach(session, party.row.id, party.row.company_id, now)


async def decline(session: Session, party: Party, text: str, now: datetime) -> None:
    """The referent proposes something else: the company never reads the request."""
    to = after(party.row.status, Move.DECLINE, _side(party, Side.REFERENT))
    refusal = {"reason": Reason.REFERENT.value, "reason_text": check_message(text)[:1000]}
    await discussions.change(session, party.row.id, {"status": to.value, **refusal}, now)
    await _ended(session, party.row, to, Reason.REFERENT, now)
    await _note(session, party.actor, AuditAction.DISCUSSION_DECLINED, party.row, now)
    await follow(session, Event.DISCUSSION_REJECTED, discussion=str(party.row.id))


async def accept(session: Session, party: Party, told: Told, now: datetime) -> None:
    """The company accepts; raises `ForbiddenError` or `ConflictError` as every move."""
    to = after(party.row.status, Move.ACCEPT, _side(party, Side.COMPANY))
    values = {"status": to.value, "told": told.value, "answered_by": party.actor.user}
    await discussions.change(session, party.row.id, values, now)
    await answered(session, party.row, now)
    await _ended(session, party.row, to, None, now)
    await _note(session, party.actor, AuditAction.DISCUSSION_ACCEPTED, party.row, now)
    await follow(session, Event.DISCUSSION_ACCEPTED, discussion=str(party.row.id))


async def reject(session: Session, party: Party, refusal: Refusal, now: datetime) -> None:
    """The company refuses, with a reason; « pas maintenant » pauses it. Raises `InvalidInputError` too."""
    to = after(party.row.status, Move.REJECT, _side(party, Side.COMPANY))
    tidy = check_refusal(refusal, now.date())
    said = {"reason": tidy.reason.value, "reason_text": tidy.text, "until": tidy.until}
    values = {"status": to.value, **said, "answered_by": party.actor.user}
    await discussions.change(session, party.row.id, values, now)
    await answered(session, party.row, now)
    await _ended(session, party.row, to, tidy.reason, now)
    if tidy.until is not None:
        await company_space.pause(session, party.row.company_id, tidy.until)
    await _note(session, party.actor, AuditAction.DISCUSSION_REJECTED, party.row, now, tidy.reason)
    await follow(session, Event.DISCUSSION_REJECTED, discussion=str(party.row.id))


async def withdraw(session: Session, party: Party, now: datetime) -> None:
    """The candidate takes the request back."""
    to = after(party.row.status, Move.WITHDRAW, _side(party, Side.CANDIDATE))
    await discussions.change(session, party.row.id, {"status": to.value}, now)
    await _ended(session, party.row, to, None, now)
    await _note(session, party.actor, AuditAction.DISCUSSION_WITHDRAWN, party.row, now)
    if party.row.reached_at is not None:
        await follow(session, Event.DISCUSSION_WITHDRAWN, discussion=str(party.row.id))


async def expire(session: Session, row: DiscussionRow, now: datetime) -> None:
    """The clock closes a request left without an answer; both sides are told."""
    to = after(row.status, Move.EXPIRE, Side.SERVICE)
    await discussions.change(session, row.id, {"status": to.value}, now)
    await _ended(session, row, to, None, now)
    await _note(session, NOBODY, AuditAction.DISCUSSION_EXPIRED, row, now)
    await follow(session, Event.DISCUSSION_EXPIRED, discussion=str(row.id))


async def close_all(session: Session, actor: Actor, company_id: int, now: datetime) -> int:
    """A company goes: its open requests are closed, each candidate is told with other companies; how many."""
    await discussions.lock_open_of_company(session, company_id)
    rows = await discussions.open_of_company(session, company_id)
    for row in rows:
        to = after(row.status, Move.CLOSE, Side.SERVICE)
        values = {"status": to.value, "reason": Reason.COMPANY_CLOSED.value}
        await discussions.change(session, row.id, values, now)
        await _ended(session, row, to, Reason.COMPANY_CLOSED, now)
        await _note(session, actor, AuditAction.DISCUSSION_CLOSED, row, now)
        await follow(session, Event.DISCUSSION_REJECTED, discussion=str(row.id))
    return len(rows)


async def write(session: Session, party: Party, side: Side, text: str, now: datetime) -> int:
    """A message from a page; its id. Raises `InvalidInputError` on `message`, and as every move."""
    after(party.row.status, Move.WRITE, _side(party, side))
    message = await discussions.write(session, party.row.id, side, party.actor.user, check_message(text), now)
    await wrote(session, party.row, side, message, now)
    return message


async def wrote(session: Session, row: DiscussionRow, side: Side, message: int, now: datetime) -> None:
    """What follows a message, whichever way it came: the other side reads it, a company's is an answer."""
    if side is Side.COMPANY:
        await answered(session, row, now)
    event = Event.MESSAGE_TO_COMPANY if side is Side.CANDIDATE else Event.MESSAGE_TO_CANDIDATE
    await follow(session, event, discussion=str(row.id), message=message)


async def say_met(session: Session, party: Party, side: Side, now: datetime, *, met: bool) -> None:
    """In the modes where both meet by themselves: whether they did, as that side says."""
    after(party.on(side).row.status, Move.SAY_WHETHER_MET, side)
    column = "met_company" if side is Side.COMPANY else "met_candidate"
    await discussions.change(session, party.row.id, {column: met}, now)
    if side is Side.COMPANY:
        await answered(session, party.row, now)


async def answered(session: Session, row: DiscussionRow, now: datetime) -> None:
    """Count the company's first sign of life, with the time it took; nothing when it had given one."""
    if row.answered_at is None and row.reached_at is not None:
        await discussions.change(session, row.id, {"answered_at": now}, now)
        await activity.record_answer(session, row.company_id, answers_within(row.reached_at, now), now)


async def _ended(
    session: Session, row: DiscussionRow, to: Status, reason: Reason | None, now: datetime
) -> None:
    """A request ends: its visit does not take place unless accepted, and the ranking may learn from it."""
    if to is not Status.ACCEPTED:
        await visits.cancel_live(session, row.id, now)
    if row.reached_at is not None and teaches(to, reason):
        await ranking.note_outcome(session, row.id, to, now.date())
    await ranking.forget_standing(session, row.id)


def _side(party: Party, side: Side) -> Side:
    """The side somebody acts from; raises `NotFoundError` for who does not stand there at all.

    Who stands on another side is let through to the rule, which says why in its own words.
    """
    return side if side in party.sides else next(iter(sorted(party.sides)))


async def _note(
    session: Session, actor: Actor, action: AuditAction, row: DiscussionRow, now: datetime, detail: str = ""
) -> None:
    company, of = row.company_id, row.beneficiary_id
    await record(
        session, actor, action, "discussion", row.id, now, company=company, beneficiary=of, detail=detail
    )
