"""What people chose to tell, sealed, and the consents that let it be kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from data.session import ReadSession, Session
from data.tables import beneficiaries, consents

_b, _c = beneficiaries.c, consents.c


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent: about what (`target`), when it was given and taken back."""

    id: int
    target: str
    given_at: datetime
    revoked_at: datetime | None


async def read(session: ReadSession, beneficiary: UUID) -> bytes | None:
    """What is sealed in a person's file."""
    sealed: bytes | None = await session.scalar(select(_b.private).where(_b.id == beneficiary))
    return sealed


async def lock(session: Session, beneficiary: UUID) -> None:
    """A person's file, until the end of the transaction."""
    await session.execute(select(_b.id).where(_b.id == beneficiary).with_for_update())


async def write(session: Session, beneficiary: UUID, sealed: bytes | None, now: datetime) -> None:
    """Keep what is sealed, or delete it."""
    await session.execute(
        update(beneficiaries).where(_b.id == beneficiary).values(private=sealed, updated_at=now)
    )


async def consents_of(session: ReadSession, beneficiary: UUID, purpose: str) -> tuple[Consent, ...]:
    """Every consent of a person for that purpose, the latest first."""
    mine = (_c.beneficiary_id == beneficiary, _c.purpose == purpose)
    query = select(_c.id, _c.target, _c.given_at, _c.revoked_at).where(*mine)
    rows = await session.execute(query.order_by(_c.given_at.desc(), _c.id.desc()))
    return tuple(Consent(*row) for row in rows)


async def give(session: Session, beneficiary: UUID, purpose: str, target: str, now: datetime) -> None:
    """Keep that the person agrees."""
    values = {"beneficiary_id": beneficiary, "purpose": purpose, "target": target, "given_at": now}
    await session.execute(insert(consents).values(**values))


async def withdraw(session: Session, ids: Iterable[int], now: datetime) -> None:
    """Keep that the person agrees no longer."""
    await session.execute(update(consents).where(_c.id.in_(list(ids))).values(revoked_at=now))


async def sealed(session: Session) -> tuple[tuple[UUID, bytes], ...]:
    """Every file that holds something sealed, locked, to be sealed anew."""
    query = select(_b.id, _b.private).where(_b.private.is_not(None)).order_by(_b.id).with_for_update()
    return tuple((row.id, row.private) for row in await session.execute(query))


async def reseal(session: Session, beneficiary: UUID, renewed: bytes) -> None:
    """The same content under another key."""
    await session.execute(update(beneficiaries).where(_b.id == beneficiary).values(private=renewed))


async def sealed_targets(session: Session, purpose: str) -> tuple[tuple[int, UUID, str], ...]:
    """Every consent of that purpose, locked: its id, whose it is, and its sealed target."""
    columns = select(_c.id, _c.beneficiary_id, _c.target)
    query = columns.where(_c.purpose == purpose).order_by(_c.id).with_for_update()
    return tuple((row.id, row.beneficiary_id, row.target) for row in await session.execute(query))


async def reseal_target(session: Session, consent: int, renewed: str) -> None:
    """The same target under another key."""
    await session.execute(update(consents).where(_c.id == consent).values(target=renewed))
