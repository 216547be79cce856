"""Conventions written straight to their tables: a person's, with all that goes with it, and another's."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Table, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries.conventions import plain
from data.tables import (
    assessments,
    convention_documents,
    convention_events,
    convention_reminders,
    convention_scans,
    convention_signatories,
    convention_templates,
    convention_versions,
    conventions,
)
from services.conventions.drafting import facts_of, new_reference
from tests.factories.conventions import a_document
from tests.factories.forms import NOW
from tests.factories.mails import PNG

_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Party:
    """Whose conventions: the account, its file, the agency that prescribes, a colleague of the account."""

    user: UUID
    beneficiary: UUID
    agency: int
    colleague: UUID
    email: str = "zephyrine.quintefeuille@exemple.fr"
    phone: str = "+33698765432"


async def _add(session: AsyncSession, table: Table, **values: object) -> None:
    await session.execute(insert(table).values(**values))


async def add_convention(session: AsyncSession, **values: object) -> UUID:
    """One row, validated unless told otherwise, of a whole document."""
    first, last = values.get("starts_on"), values.get("ends_on")
    terms = a_document(*(one for one in (first, last) if isinstance(one, date)))
    row: dict[str, object] = {**facts_of(terms), "reference": new_reference(), "status": "validated"}
    row |= {"status_at": NOW, "chain_head": _HASH, "created_at": NOW, "updated_at": NOW}
    row |= {"submitted_at": NOW, "validated_at": NOW} | values
    made: UUID = (
        await session.execute(insert(conventions).values(**row).returning(conventions.c.id))
    ).scalar_one()
    return made


async def add_conventions(session: AsyncSession, party: Party) -> UUID:
    """A validated convention of the person with everything beside it, its id; their part in another's."""
    whole = a_document()
    person = replace(whole.beneficiary, email=party.email, first_name="Zéphyrine", last_name="Quintefeuille")
    terms = plain(replace(whole, beneficiary=person))
    own = {"beneficiary_id": party.beneficiary, "person_email": party.email, "terms": terms}
    convention = await add_convention(session, agency_id=party.agency, **own)
    one = {"convention_id": convention}
    text = json.dumps(terms)
    await _add(session, convention_versions, **one, version=1, terms=text, sha256=_HASH, at=NOW)
    told = {"name": "Zéphyrine Quintefeuille", "reached": party.phone, "ip": "192.0.2.7"}
    line = {"number": 1, "at": datetime(2026, 11, 20, tzinfo=UTC), "kind": "signed", "version": 1}
    line |= {"facts": {"as": "beneficiary"}, "told": told, "salt": bytes(16), "told_hash": _HASH}
    await _add(session, convention_events, **one, **line, key="k", mac=_HASH)
    await _add(
        session,
        convention_documents,
        **one,
        number=1,
        data=text,
        made_with={},
        unsealed_sha256=_HASH,
        sealed_sha256=_HASH,
        tail=b"-",
        at=NOW,
    )
    await _add(session, convention_reminders, **one, kind=f"of {party.email}", at=NOW)
    signs = {"whom": "beneficiary", "email": party.email, "phone": party.phone}
    await _add(session, convention_signatories, **one, **signs)
    scan = {"version": 1, "whom": "beneficiary", "media_type": "image/png", "content": PNG, "at": NOW}
    await _add(session, convention_scans, **one, **scan, sha256=_HASH, by_user=party.user)
    seen = [{"ogr": "100023", "label": "Pétrir une pâte", "level": 2}]
    said = {"outcome": "completed", "company_at": NOW, "feedback": "Zéphyrine est à l’heure.", "skills": seen}
    await _add(session, assessments, **one, **said, updated_at=NOW)
    other = await add_convention(session, agency_id=party.agency, counsellor_id=party.user)
    paper = {"signed_at": NOW, "signed_version": 1, "channel": "paper", "attested_by": party.user}
    await _add(session, convention_signatories, convention_id=other, whom="beneficiary", **paper)
    made = {"created_by": party.user, "created_at": NOW, "terms": {}, "label": "Boulangerie"}
    await _add(session, convention_templates, agency_id=party.agency, **made)
    return convention


async def add_document(session: AsyncSession, convention: UUID, at: datetime, **made_with: str) -> str:
    """A sealed document of it, made with these; the convention's reference."""
    hashes = {"unsealed_sha256": _HASH, "sealed_sha256": sha256(convention.bytes).digest()}
    values = {"number": 1, "data": "{}", "tail": b"-", "at": at, "made_with": made_with, **hashes}
    await _add(session, convention_documents, convention_id=convention, **values)
    query = select(conventions.c.reference).where(conventions.c.id == convention)
    return str(await session.scalar(query))
