"""Requests that companies reported, for the back office."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from data.session import ReadSession, Session
from data.tables import beneficiaries, companies, discussion_messages, discussions

_d, _c, _b, _m = discussions.c, companies.c, beneficiaries.c, discussion_messages.c
_OPEN = (_d.reported_at.is_not(None), _d.report_closed_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a company says of a request, with the request's own words; `account` is the person's, if any."""

    discussion: UUID
    company: str
    siret: str
    job: str
    person: str
    account: UUID | None
    text: str
    request: str
    reported_at: datetime


async def open_reports(session: ReadSession, limit: int = 200) -> tuple[Report, ...]:
    """Those that nobody has looked at, the oldest first."""
    first = select(_m.body).where(_m.discussion_id == _d.id, _m.side == "candidate")
    query = (
        select(
            _d.id.label("discussion"),
            func.coalesce(func.nullif(_c.custom_name, ""), _c.name).label("company"),
            _c.siret,
            _d.label.label("job"),
            func.trim(func.concat(_b.first_name, " ", _b.last_name)).label("person"),
            _b.user_id.label("account"),
            _d.report_text.label("text"),
            func.coalesce(first.order_by(_m.id).limit(1).scalar_subquery(), "").label("request"),
            _d.reported_at,
        )
        .join(companies, _c.id == _d.company_id)
        .join(beneficiaries, _b.id == _d.beneficiary_id)
        .where(*_OPEN)
        .order_by(_d.reported_at, _d.id)
        .limit(limit)
    )
    return tuple(Report(**row) for row in (await session.execute(query)).mappings())


async def close(session: Session, discussion: UUID, now: datetime) -> bool:
    """Somebody has looked at it; whether it was open."""
    statement = update(discussions).where(_d.id == discussion, *_OPEN).values(report_closed_at=now)
    return (await session.execute(statement.returning(_d.id))).first() is not None
