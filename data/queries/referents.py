"""Who accompanies a person now, as their requests need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, select

from data.session import ReadSession
from data.tables import agencies, beneficiaries, communes, referrals, users
from domain.values import Point

_r = referrals.c
_CURRENT = (_r.until.is_(None), _r.consented_at.is_not(None))


@dataclass(frozen=True, slots=True)
class Referent:
    """Somebody who accompanies a person; `validates_first` lists the situations their agency validates."""

    referral: int
    user: UUID
    email: str
    agency_id: int
    validates_first: tuple[str, ...]


async def accompanies(session: ReadSession, user: UUID, agency_ids: Sequence[int], person: UUID) -> bool:
    """Whether that account accompanies the person, in one of those agencies."""
    mine = exists().where(
        _r.user_id == user, _r.agency_id.in_(agency_ids), _r.beneficiary_id == person, *_CURRENT
    )
    return bool(await session.scalar(select(mine)))


async def referents(session: ReadSession, person: UUID) -> tuple[Referent, ...]:
    """Everybody who accompanies the person in an active agency, the earliest first."""
    query = (
        select(_r.id, _r.user_id, users.c.email, _r.agency_id, agencies.c.validates_first)
        .join(users, users.c.id == _r.user_id)
        .join(agencies, agencies.c.id == _r.agency_id)
        .where(_r.beneficiary_id == person, agencies.c.status == "active", *_CURRENT)
        .order_by(_r.id)
    )
    rows = await session.execute(query)
    return tuple(Referent(row[0], row[1], row[2], row[3], tuple(row[4])) for row in rows)


async def homes(session: ReadSession, people: Sequence[UUID]) -> dict[UUID, Point]:
    """Where people live, as the middle of their commune; those who did not say it are left out."""
    query = (
        select(beneficiaries.c.id, communes.c.lat, communes.c.lon)
        .join(communes, communes.c.insee == beneficiaries.c.insee)
        .where(beneficiaries.c.id.in_(people))
    )
    return {row[0]: Point(row[1], row[2]) for row in await session.execute(query)}
