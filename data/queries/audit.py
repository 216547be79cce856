"""Lines of the audit: one row a decision or a reading of a file, added and never changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, insert, or_, select

from data.session import ReadSession, Session
from data.tables import audit, users

_c = audit.c
MOST = 200
"""Lines given at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line. `object_id` is text whatever the object's key is; `detail` holds no personal data."""

    at: datetime
    actor_id: UUID | None
    role: str
    action: str
    object_kind: str
    object_id: str
    agency_id: int | None = None
    beneficiary_id: UUID | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFound:
    """A line as it is searched; `actor_email` and `actor_name` are empty when the account is gone."""

    id: int
    line: AuditLine
    actor_email: str
    actor_name: str
    """First and last names, else the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSearch:
    """What lines are wanted: all that is given must hold."""

    actor_email: str = ""
    action: str = ""
    object_kind: str = ""
    object_id: str = ""
    agency_id: int | None = None
    beneficiary_id: UUID | None = None
    account: UUID | None = None
    """Lines about that account itself, beside those of the file it may have."""
    since: datetime | None = None
    until: datetime | None = None
    """Not included."""
    before_id: int | None = None
    """Lines older than that one: the next page."""


async def add(session: Session, line: AuditLine) -> None:
    """Write one line in the transaction of what it tells."""
    values = {name: getattr(line, name) for name in line.__slots__}
    await session.execute(insert(audit).values(**values))


async def search(session: ReadSession, wanted: AuditSearch, limit: int = 50) -> tuple[AuditFound, ...]:
    """The lines, the newest first; `limit` up to `MOST`."""
    query = _wanted(wanted).order_by(_c.id.desc()).limit(min(limit, MOST))
    return tuple(
        AuditFound(
            id=row.id,
            actor_email=row.email or "",
            actor_name=f"{row.first_name or ''} {row.last_name or ''}".strip() or row.email or "",
            line=AuditLine(**{name: getattr(row, name) for name in AuditLine.__slots__}),
        )
        for row in await session.execute(query)
    )


def _wanted(wanted: AuditSearch) -> Select[tuple[object, ...]]:
    named = (users.c.email, users.c.first_name, users.c.last_name)
    query: Select[tuple[object, ...]] = select(*_c, *named).outerjoin(users, users.c.id == _c.actor_id)
    for column, value in (
        (users.c.email, wanted.actor_email),
        (_c.action, wanted.action),
        (_c.object_kind, wanted.object_kind),
        (_c.object_id, wanted.object_id),
    ):
        if value:
            query = query.where(column == value)
    if wanted.agency_id is not None:
        query = query.where(_c.agency_id == wanted.agency_id)
    if wanted.account is not None:
        itself = and_(_c.object_kind == "user", _c.object_id == str(wanted.account))
        file = () if wanted.beneficiary_id is None else (_c.beneficiary_id == wanted.beneficiary_id,)
        query = query.where(or_(itself, *file))
    elif wanted.beneficiary_id is not None:
        query = query.where(_c.beneficiary_id == wanted.beneficiary_id)
    if wanted.since is not None:
        query = query.where(_c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(_c.at < wanted.until)
    if wanted.before_id is not None:
        query = query.where(_c.id < wanted.before_id)
    return query
