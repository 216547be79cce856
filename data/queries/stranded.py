"""Requests that wait for a referent, and whether anybody is left to validate them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, not_, select, true

from data.queries.discussions import DiscussionRow, find
from data.session import ReadSession, Session
from data.tables import agencies, discussions, referrals
from domain.discussion import Status

_d, _r, _a = discussions.c, referrals.c, agencies.c
_WAITS = _d.status == Status.AWAITING_REFERENT


async def stranded(
    session: Session, most: int, people: Sequence[UUID] | None = None
) -> tuple[DiscussionRow, ...]:
    """Requests (of these people only, when given) that nobody can validate any more, locked."""
    validates = (
        exists()
        .where(_r.beneficiary_id == _d.beneficiary_id, _r.until.is_(None), _r.consented_at.is_not(None))
        .where(_a.id == _r.agency_id, _a.status == "active", func.cardinality(_a.validates_first) > 0)
    )
    theirs = true() if people is None else _d.beneficiary_id.in_(people)
    query = select(_d.id).where(_WAITS, theirs, not_(validates)).order_by(_d.id).limit(most).with_for_update()
    ids = (await session.scalars(query)).all()
    return await find(session, _d.id.in_(ids), limit=most) if ids else ()


async def waiting_of(session: ReadSession, beneficiary: UUID) -> tuple[UUID, ...]:
    """The requests of a person that wait for a referent."""
    query = select(_d.id).where(_WAITS, _d.beneficiary_id == beneficiary).order_by(_d.id)
    return tuple((await session.scalars(query)).all())
