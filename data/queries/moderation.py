"""Companies as the back office finds, bans and lets back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select, update

from data.session import ReadSession, Session
from data.tables import companies

_c = companies.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderated:
    """A company before the back office."""

    id: int
    siret: str
    name: str
    proof: str
    contact_email: str
    banned_at: datetime | None
    ban_reason: str
    updated_at: datetime


def _select() -> Select[Any]:
    return select(companies)


def _moderated(row: Any) -> Moderated:  # noqa: ANN401 - a row of _select
    return Moderated(
        id=row.id,
        siret=row.siret,
        name=row.custom_name or row.name,
        proof=row.proof,
        contact_email=row.contact_email,
        banned_at=row.banned_at,
        ban_reason=row.ban_reason,
        updated_at=row.updated_at,
    )


async def find(
    session: ReadSession, siret: str, name: str, *, banned: bool, limit: int
) -> tuple[Moderated, ...]:
    """Companies of that SIRET or whose names hold these words, the latest banned first, then by name."""
    named = or_(
        _c.siret == siret,
        *((one.icontains(name, autoescape=True) for one in (_c.name, _c.custom_name)) if name else ()),
    )
    query = _select()
    if siret or name:
        query = query.where(named)
    if banned:
        query = query.where(_c.banned_at.is_not(None))
    ordered = query.order_by(_c.banned_at.desc().nulls_last(), _c.name, _c.id).limit(limit)
    return tuple(_moderated(row) for row in await session.execute(ordered))


async def by_id(session: ReadSession, company_id: int) -> Moderated | None:
    """The company of that id."""
    row = (await session.execute(_select().where(_c.id == company_id))).one_or_none()
    return _moderated(row) if row else None


_BANNED = select(exists().where(_c.siret == bindparam("banned"), _c.banned_at.is_not(None)))


async def is_banned(session: ReadSession, siret: str) -> bool:
    """Whether the company of that SIRET is banned; one we do not know is not."""
    return bool(await session.scalar(_BANNED, {"banned": siret}))


async def lock(session: Session, company_id: int) -> Moderated | None:
    """The company of that id, locked until the end of the transaction."""
    row = (await session.execute(_select().where(_c.id == company_id).with_for_update())).one_or_none()
    return _moderated(row) if row else None


async def ban(session: Session, company_id: int, reason: str, now: datetime) -> None:
    """Banned from now on, for that reason."""
    values = {"banned_at": now, "ban_reason": reason}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))


async def unban(session: Session, company_id: int) -> None:
    """Not banned any more."""
    values = {"banned_at": None, "ban_reason": ""}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))
