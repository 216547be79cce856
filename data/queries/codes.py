"""Which codes of the referentials exist, with their labels: for forms that were typed or sent."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, exists, or_, select

from data.session import ReadSession
from data.tables import (
    naf_codes,
    naf_divisions,
    rome_appellations,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
)
from domain.values import naf_division


@dataclass(frozen=True, slots=True)
class Appellation:
    """A way of saying an occupation: the ROME code it belongs to and its label."""

    rome: str
    label: str


async def occupations(session: ReadSession, codes: Collection[str]) -> dict[str, str]:
    """Labels of the ROME codes that exist."""
    columns = rome_occupations.c
    rows = await session.execute(select(columns.code, columns.label).where(columns.code.in_(codes)))
    return {row.code: row.label for row in rows}


async def appellations(session: ReadSession, codes: Collection[str]) -> dict[str, Appellation]:
    """The appellations that exist, by OGR code."""
    columns = rome_appellations.c
    query = select(columns.ogr, columns.rome, columns.label).where(columns.ogr.in_(codes))
    return {row.ogr: Appellation(row.rome, row.label) for row in await session.execute(query)}


async def skills(session: ReadSession, codes: Collection[str]) -> dict[str, str]:
    """Labels of the skills that exist, retired ones included: people may have kept their code."""
    columns = rome_skills.c
    rows = await session.execute(select(columns.code, columns.label).where(columns.code.in_(codes)))
    return {row.code: row.label for row in rows}


async def is_naf(session: ReadSession, naf: str) -> bool:
    """Whether that dotted NAF code exists; its division alone is known until the full NAF is imported."""
    known = exists().where(naf_codes.c.code == naf)
    division = exists().where(naf_divisions.c.code == naf_division(naf))
    found = await session.scalar(select(or_(known, and_(~exists(select(naf_codes.c.code)), division))))
    return bool(found)


async def skills_of(session: ReadSession, occupation: str, most: int) -> tuple[str, ...]:
    """Skills of an occupation, those at its core first."""
    links = rome_occupation_skills.c
    query = select(links.skill).where(links.rome == occupation).order_by(links.core.desc(), links.skill)
    return tuple(await session.scalars(query.limit(most)))
