"""People's files as requests need them: names told once, consents given with a request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert

from data.session import ReadSession, Session
from data.tables import beneficiaries, consents

_b, _c = beneficiaries.c, consents.c


async def names(session: ReadSession, person: UUID) -> tuple[str, str]:
    """First and last name of a file, empty when they are not known."""
    row = (await session.execute(select(_b.first_name, _b.last_name).where(_b.id == person))).one_or_none()
    return (row.first_name, row.last_name) if row else ("", "")


async def fill(session: Session, person: UUID, first_name: str, last_name: str, now: datetime) -> None:
    """Keep the names of a file that has none; those it has are changed on their own page."""
    values = {
        "first_name": case((_b.first_name == "", first_name), else_=_b.first_name),
        "last_name": case((_b.last_name == "", last_name), else_=_b.last_name),
    }
    empty = (_b.first_name == "") | (_b.last_name == "")
    await session.execute(
        update(beneficiaries).where(_b.id == person, empty).values(**values, updated_at=now)
    )


async def share_passport(session: Session, person: UUID, company_id: int, now: datetime) -> None:
    """Keep that the person lets that company read their passport; given twice is the same."""
    given = {"purpose": "passport_to_company", "target": str(company_id), "given_at": now}
    await session.execute(
        insert(consents)
        .values(beneficiary_id=person, **given)
        .on_conflict_do_nothing(
            index_elements=[_c.beneficiary_id, _c.purpose, _c.target], index_where=_c.revoked_at.is_(None)
        )
    )


async def stop_passport(session: Session, person: UUID, company_id: int, now: datetime) -> None:
    """Keep that the person took that consent back; without one, nothing changes."""
    given = (
        _c.beneficiary_id == person,
        _c.purpose == "passport_to_company",
        _c.target == str(company_id),
        _c.revoked_at.is_(None),
    )
    await session.execute(update(consents).where(*given).values(revoked_at=now))
