"""Everything that is kept of a convention, as it is compared with its story."""

from collections.abc import Sequence
from dataclasses import fields
from uuid import UUID

from sqlalchemy import func, select

from data.queries import convention_story
from data.session import Session
from data.tables import (
    convention_documents,
    convention_scans,
    convention_signatories,
    convention_versions,
    conventions,
)
from domain.convention import As, Status
from domain.convention_proof import (
    Kept,
    KeptConvention,
    KeptDocument,
    KeptScan,
    KeptSignature,
    KeptVersion,
)

_c, _v, _s, _d = conventions.c, convention_versions.c, convention_signatories.c, convention_documents.c
_OWN = tuple(_c[one.name] for one in fields(KeptConvention))


async def hold(session: Session, convention: UUID) -> Kept | None:
    """All of one convention at one moment: whoever writes to it waits until the transaction ends."""
    query = select(*_OWN).where(_c.id == convention).with_for_update(read=True)
    row = (await session.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    return Kept(
        convention=KeptConvention(**{**row, "status": Status(row["status"])}),
        entries=await convention_story.entries(session, convention),
        versions=await _versions(session, convention),
        signatures=await _signatures(session, convention),
        scans=await _scans(session, convention),
        documents=await _documents(session, convention),
    )


async def _versions(session: Session, convention: UUID) -> Sequence[KeptVersion]:
    query = select(_v.version, _v.terms, _v.sha256).where(_v.convention_id == convention)
    return [KeptVersion(**row) for row in (await session.execute(query.order_by(_v.version))).mappings()]


async def _signatures(session: Session, convention: UUID) -> Sequence[KeptSignature]:
    wanted = (_s[one.name] for one in fields(KeptSignature))
    query = select(*wanted).where(_s.convention_id == convention)
    rows = (await session.execute(query)).mappings()
    return [KeptSignature(**{**row, "whom": As(row["whom"])}) for row in rows]


async def _scans(session: Session, convention: UUID) -> Sequence[KeptScan]:
    s = convention_scans.c
    # Hashed where it is: verifying every convention moves no file.
    query = select(s.version, s.whom, s.sha256, func.sha256(s.content).label("found"))
    rows = (await session.execute(query.where(s.convention_id == convention))).mappings()
    return [KeptScan(**{**row, "whom": As(row["whom"])}) for row in rows]


async def _documents(session: Session, convention: UUID) -> Sequence[KeptDocument]:
    query = select(_d.number, _d.sealed_sha256).where(_d.convention_id == convention)
    return [KeptDocument(**row) for row in (await session.execute(query.order_by(_d.number))).mappings()]


async def sent(session: Session, after: str, limit: int) -> Sequence[str]:
    """References of conventions, drafts too, in order, after one."""
    query = select(_c.reference).where(_c.reference > after).order_by(_c.reference).limit(limit)
    return (await session.scalars(query)).all()
