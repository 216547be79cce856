"""What people chose to tell, sealed, and the consents that let it be kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import beneficiaries, consents

_b, _c = beneficiaries.c, consents.c


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent: what for, about what (`target`), when it was given and taken back."""

    purpose: str
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


async def agree(
    session: Session, beneficiary: UUID, purpose: str, targets: Iterable[str], now: datetime
) -> None:
    """Keep that the person agrees to these, and to no other of that purpose any more."""
    wanted = list(targets)
    mine = (_c.beneficiary_id == beneficiary, _c.purpose == purpose, _c.revoked_at.is_(None))
    await session.execute(update(consents).where(*mine, _c.target.not_in(wanted)).values(revoked_at=now))
    for target in wanted:
        values = {"beneficiary_id": beneficiary, "purpose": purpose, "target": target, "given_at": now}
        await session.execute(
            insert(consents)
            .values(**values)
            .on_conflict_do_nothing(
                index_elements=[_c.beneficiary_id, _c.purpose, _c.target], index_where=_c.revoked_at.is_(None)
            )
        )


async def consents_of(session: ReadSession, beneficiary: UUID) -> tuple[Consent, ...]:
    """Every consent of a person, the latest first."""
    query = select(_c.purpose, _c.target, _c.given_at, _c.revoked_at).where(_c.beneficiary_id == beneficiary)
    rows = await session.execute(query.order_by(_c.given_at.desc(), _c.id.desc()))
    return tuple(Consent(*row) for row in rows)


async def sealed(session: Session) -> tuple[tuple[UUID, bytes], ...]:
    """Every file that holds something sealed, locked, to be sealed anew."""
    query = select(_b.id, _b.private).where(_b.private.is_not(None)).order_by(_b.id).with_for_update()
    return tuple((row.id, row.private) for row in await session.execute(query))


async def reseal(session: Session, beneficiary: UUID, renewed: bytes) -> None:
    """The same content under another key."""
    await session.execute(update(beneficiaries).where(_b.id == beneficiary).values(private=renewed))
