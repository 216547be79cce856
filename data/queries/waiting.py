"""Requests that wait: reminded once each, closed when too old; companies that leave them unanswered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, literal, not_, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert

from data.queries.discussions import DiscussionRow, find
from data.session import Session
from data.tables import companies, discussion_messages, discussion_reminders, discussions, visits
from domain.discussion import Status
from domain.search import ContactMode
from domain.waiting import SILENT_OLDER_THAN, SILENT_REQUESTS, SILENT_WITHIN, Reminder

_d, _c, _r = discussions.c, companies.c, discussion_reminders.c
_MET = or_(func.coalesce(_d.met_candidate, False), func.coalesce(_d.met_company, False))
_SILENT = and_(_d.status == Status.PENDING, _d.answered_at.is_(None), not_(_MET))
_IN_PERSON = _d.contact_mode.in_((ContactMode.PHONE, ContactMode.IN_PERSON))
_WAITS_FOR: dict[Reminder, ColumnElement[bool]] = {
    Reminder.COMPANY: _SILENT,
    Reminder.COMPANY_AGAIN: and_(_SILENT, not_(_IN_PERSON)),
    Reminder.CANDIDATE: _SILENT,
    Reminder.WHETHER_MET: and_(
        _IN_PERSON,
        _d.status.in_((Status.PENDING, Status.ACCEPTED)),
        or_(_d.met_candidate.is_(None), _d.met_company.is_(None)),
    ),
}
"""Where the candidate calls or comes, the question whether they met is the second reminder."""


async def remind(session: Session, kind: Reminder, before: datetime, now: datetime) -> tuple[UUID, ...]:
    """Mark what reached its company before that moment and waits for this reminder: each once, for ever."""
    told = exists().where(_r.discussion_id == _d.id, _r.kind == kind)
    due = select(_d.id, literal(kind.value), literal(now, _r.at.type)).where(
        _d.reached_at <= before, _WAITS_FOR[kind], not_(told)
    )
    marked = insert(discussion_reminders).from_select(["discussion_id", "kind", "at"], due)
    written = marked.on_conflict_do_nothing().returning(_r.discussion_id)
    return tuple(sorted((await session.scalars(written)).all()))


async def to_expire(
    session: Session, before: datetime, now: datetime, most: int
) -> tuple[DiscussionRow, ...]:
    """Open requests in which nothing has moved since then, locked, the oldest first.

    What the company wrote counts, what the candidate wrote to a silent company does not. One whose
    visit is still to come waits for it.
    """
    message = discussion_messages.c
    last = select(func.max(message.sent_at)).where(message.discussion_id == _d.id).scalar_subquery()
    moved = func.coalesce(_d.reached_at, _d.created_at)
    waiting = or_(_d.answered_at.is_(None), func.greatest(_d.answered_at, last) <= before)
    coming = exists().where(
        visits.c.discussion_id == _d.id, visits.c.status == "confirmed", visits.c.starts_at > now
    )
    query = (
        select(_d.id)
        .where(
            _d.status.in_((Status.AWAITING_REFERENT, Status.PENDING)), moved <= before, waiting, not_(coming)
        )
        .order_by(moved, _d.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    ids = (await session.scalars(query)).all()
    return await find(session, _d.id.in_(ids), limit=most) if ids else ()


_SILENT_COMPANIES = text(
    """
    UPDATE companies SET unresponsive_at = :now
    WHERE id IN (
        SELECT d.company_id
        FROM discussions d
        JOIN companies c ON c.id = d.company_id
        CROSS JOIN LATERAL (SELECT greatest(c.returned_at, CAST(:since AS timestamptz)) AS moment) AS later
        WHERE c.unresponsive_at IS NULL AND c.closed_at IS NULL AND c.banned_at IS NULL
            AND (d.reached_at > later.moment OR d.answered_at > later.moment)
        GROUP BY d.company_id
        HAVING count(*) FILTER (
                WHERE d.reached_at > later.moment
                AND CASE d.status WHEN 'pending' THEN :now ELSE d.status_at END >= d.reached_at + :older
            ) >= :most
            AND count(*) FILTER (WHERE d.answered_at IS NOT NULL OR d.met_candidate OR d.met_company) = 0
            AND NOT EXISTS (
                SELECT FROM conventions v
                WHERE v.company_id = d.company_id AND v.status = 'validated'
                    AND v.validated_at > min(d.reached_at)
            )
    )
    RETURNING id
    """
)


async def unresponsive(session: Session, now: datetime) -> tuple[int, ...]:
    """Take out of search the companies that left too many requests without an answer; their ids.

    What a candidate took back before it had waited so long does not count, nor does anything before
    the company last came back. A convention validated since the first of them is an answer.
    """
    limits = {"since": now - SILENT_WITHIN, "older": SILENT_OLDER_THAN, "most": SILENT_REQUESTS}
    rows = await session.execute(_SILENT_COMPANIES, {"now": now, **limits})
    return tuple(sorted(rows.scalars()))


async def back(session: Session, company_id: int, now: datetime) -> None:
    """The company is in search again; what it left without an answer until now counts no more."""
    values = {"unresponsive_at": None, "returned_at": now}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))
