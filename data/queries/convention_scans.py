"""Scans and photos of papers signed by hand, one a person and a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select

from data.session import ReadSession, Session
from data.tables import convention_scans
from domain.convention import As

_s = convention_scans.c
_ADD = insert(convention_scans).values(
    {
        name: bindparam(name)
        for name in ("convention_id", "version", "whom", "media_type", "sha256", "content", "by_user", "at")
    }
)
_OF = (
    select(_s.version, _s.whom, _s.media_type, _s.sha256, _s.at)
    .where(_s.convention_id == bindparam("convention"))
    .order_by(_s.version)
)
_CONTENT = (
    select(_s.media_type, _s.content)
    .where(_s.convention_id == bindparam("convention"), _s.whom == bindparam("signatory"))
    .order_by(_s.version.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRow:
    """One scan, without its content. `version`: of the document that was signed."""

    version: int
    whom: As
    media_type: str
    sha256: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanFile:
    """The content of one."""

    media_type: str
    content: bytes


async def add(session: Session, values: dict[str, Any]) -> None:
    """Keep one: every column but `id`; a second of the same person and version is refused."""
    await session.execute(_ADD, values)


async def of_convention(session: ReadSession, convention: UUID) -> Sequence[ScanRow]:
    """All of a convention, the first version first."""
    rows = (await session.execute(_OF, {"convention": convention})).mappings()
    return [ScanRow(**{**row, "whom": As(row["whom"])}) for row in rows]


async def content(session: ReadSession, convention: UUID, whom: As) -> ScanFile | None:
    """The latest that a person signed."""
    values = {"convention": convention, "signatory": whom.value}
    row = (await session.execute(_CONTENT, values)).mappings().one_or_none()
    return ScanFile(**row) if row else None
