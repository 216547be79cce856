"""Templates of conventions: kept by an agency or a company, without any person to welcome."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, or_, select

from data.queries.conventions import plain, read_terms
from data.session import ReadSession, Session
from data.tables import agencies, companies, convention_templates
from domain.terms import Terms

_t = convention_templates.c


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRow:
    """One template; `owner` is the name of its agency or company."""

    id: UUID
    agency_id: int | None
    company_id: int | None
    owner: str
    label: str
    terms: Terms
    created_at: datetime


def _rows() -> Select[Any]:
    owner = func.coalesce(agencies.c.name, companies.c.name, "").label("owner")
    return (
        select(_t.id, _t.agency_id, _t.company_id, _t.label, _t.terms, _t.created_at, owner)
        .select_from(convention_templates)
        .outerjoin(agencies, agencies.c.id == _t.agency_id)
        .outerjoin(companies, companies.c.id == _t.company_id)
    )


def _row(row: Mapping[Any, Any]) -> TemplateRow:
    return TemplateRow(**{**row, "terms": read_terms(row["terms"])})


async def by_id(session: ReadSession, template: UUID) -> TemplateRow | None:
    """One template."""
    row = (await session.execute(_rows().where(_t.id == template))).mappings().one_or_none()
    return _row(row) if row else None


async def of_owners(
    session: ReadSession, agency_ids: Collection[int], company_ids: Collection[int]
) -> Sequence[TemplateRow]:
    """Those of some agencies and companies, by name."""
    mine = or_(_t.agency_id.in_(agency_ids), _t.company_id.in_(company_ids))
    query = _rows().where(mine).order_by(func.lower(_t.label), _t.id)
    return [_row(row) for row in (await session.execute(query)).mappings()]


async def add(session: Session, values: Mapping[str, Any], terms: Terms) -> UUID:
    """Keep one; gives its id."""
    query = insert(convention_templates).values(**values, terms=plain(terms)).returning(_t.id)
    found: UUID = (await session.execute(query)).scalar_one()
    return found


async def remove(session: Session, template: UUID) -> None:
    """Delete one."""
    await session.execute(delete(convention_templates).where(_t.id == template))
