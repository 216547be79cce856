"""Assessments: one row a convention, what is missing, what the clock has to ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.types import Text

from data.session import ReadSession, Session
from data.tables import assessments, convention_reminders, conventions
from domain.assessment import Contract, FollowUp, Next, Outcome
from domain.convention import Status
from domain.schedule import Schedule

_a, _c, _r = assessments.c, conventions.c, convention_reminders.c
_TOLD = cast(
    func.array(select(_r.kind).where(_r.convention_id == _c.id).scalar_subquery()), ARRAY(Text)
).label("told")


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill as the company saw it. `before`: what the passport said of it, once it is written there.

    `before` is None while it is not in the passport by this assessment, and empty when it was not there.
    """

    ogr: str
    label: str
    level: int
    before: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """What both sides said so far; None or empty where they have not."""

    outcome: Outcome | None = None
    last_day: date | None = None
    minutes: int | None = None
    no_show_reason: str = ""
    hired: bool | None = None
    contract: Contract | None = None
    hired_on: date | None = None
    next_step: Next | None = None
    feedback: str = ""
    advice: str = ""
    skills: tuple[SkillRow, ...] = ()
    company_at: datetime | None = None
    person_feedback: str = ""
    person_next: Next | None = None
    person_agrees: bool | None = None
    person_shares: bool | None = None
    person_at: datetime | None = None
    followed_at: datetime | None = None
    follow_up: FollowUp | None = None


_WORDS = frozenset({"feedback", "advice", "person_feedback"})
_CODES = {"contract": Contract, "next_step": Next, "person_next": Next, "follow_up": FollowUp}


def _row(row: Mapping[Any, Any]) -> AssessmentRow:
    values = {name: row[name] for name in AssessmentRow.__slots__}
    for name in _WORDS:
        values[name] = values[name] or ""
    for name, code in _CODES.items():
        values[name] = code(values[name]) if values[name] else None
    values["outcome"] = Outcome(values["outcome"]) if values["outcome"] else None
    values["skills"] = msgspec.convert(values["skills"] or [], tuple[SkillRow, ...])
    return AssessmentRow(**values)


async def of_convention(session: ReadSession, convention: UUID) -> AssessmentRow:
    """What was said of one; nothing when nobody has written."""
    query = select(assessments).where(_a.convention_id == convention)
    row = (await session.execute(query)).mappings().one_or_none()
    return _row(row) if row else AssessmentRow()


async def put(session: Session, convention: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Write some columns; the row is made by the first words. The convention's row is locked."""
    given = {**values, "updated_at": now}
    query = insert(assessments).values(convention_id=convention, **given)
    await session.execute(query.on_conflict_do_update(index_elements=["convention_id"], set_=given))


def skills_json(skills: Iterable[SkillRow]) -> list[dict[str, Any]]:
    """Skills as the column keeps them."""
    return [msgspec.to_builtins(one) for one in skills]


@dataclass(frozen=True, slots=True)
class Ending:
    """A validated immersion near its end or after it, and what was said and reminded of it.

    `spoken`: which sides have written; `told`: names of the reminders sent.
    """

    id: UUID
    schedule: Schedule
    department: str
    company_said: bool
    person_said: bool
    told: frozenset[str]


async def ending(session: ReadSession, since: date, until: date) -> Sequence[Ending]:
    """Those whose last day is between two days and where a side has said nothing, in order."""
    silent = or_(_a.convention_id.is_(None), _a.company_at.is_(None), _a.person_at.is_(None))
    query = (
        select(_c.id, _c.terms["schedule"].label("schedule"), _c.department, _TOLD)
        .add_columns(_a.company_at, _a.person_at)
        .outerjoin(assessments, _a.convention_id == _c.id)
        .where(_c.status == Status.VALIDATED.value, _c.ends_on.between(since, until))
        .where(_c.archived_at.is_(None), silent)
        .order_by(_c.id)
    )
    return [
        Ending(
            id=row.id,
            schedule=msgspec.convert(row.schedule, Schedule),
            department=row.department,
            company_said=row.company_at is not None,
            person_said=row.person_at is not None,
            told=frozenset(row.told),
        )
        for row in await session.execute(query)
    ]


async def to_follow(session: ReadSession, since: date, until: date, kind: str) -> Sequence[UUID]:
    """Immersions that took place, ended between two days, whose later question was not asked yet."""
    asked = exists().where(_r.convention_id == _c.id, _r.kind == kind)
    absent = and_(_a.outcome == Outcome.DID_NOT_SHOW.value)
    query = (
        select(_c.id)
        .outerjoin(assessments, _a.convention_id == _c.id)
        .where(_c.status == Status.VALIDATED.value, _c.ends_on.between(since, until))
        .where(_c.archived_at.is_(None), ~asked, ~func.coalesce(absent, False))
        .order_by(_c.id)
    )
    return list((await session.execute(query)).scalars())


async def mark(session: Session, convention: UUID, names: Iterable[str], now: datetime) -> bool:
    """Write reminders that are about to be sent; False when another transaction wrote them first."""
    rows = [{"convention_id": convention, "kind": name, "at": now} for name in names]
    query = insert(convention_reminders).values(rows).on_conflict_do_nothing().returning(_r.kind)
    return (await session.execute(query)).first() is not None
