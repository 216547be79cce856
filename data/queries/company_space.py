"""Companies as their own people see them: what is on the file, and what decides whether search finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select, update

from data.session import ReadSession, Session
from data.tables import (
    companies,
    company_activity,
    company_places,
    company_rights,
    discussions,
    offers,
    registrations,
)
from domain.company import RegistrationStatus, Standing
from domain.conditions import Conditions, conditions_of
from domain.discussion import Status

_c, _a, _p, _o, _g = companies.c, company_activity.c, company_places.c, offers.c, registrations.c
_d = discussions.c
_UNDER_WAY = (RegistrationStatus.TO_PROVE, RegistrationStatus.TO_CHECK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A company before its own people. `version` changes with everything that its form holds."""

    id: int
    siret: str
    name: str
    standing: Standing
    banned: bool
    ban_reason: str
    closed: bool
    """By its own people."""
    paused_until: date | None
    quota: int
    contact_email: str
    conditions: Conditions
    information: str
    places: int
    unplaced: int
    """Places whose point is only their commune's."""
    offers: tuple[str, ...]
    offers_without_text: int
    waiting: int
    """Colleagues who ask to join."""
    to_answer: int
    """Requests that wait for its answer."""
    new_address: RegistrationStatus | None
    """A change of address under way: to be proved, or looked at by a person."""
    version: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A registration sent with an account's own address, not published yet."""

    siret: str
    name: str
    status: RegistrationStatus


def _spaces() -> Select[Any]:
    of_places = select(
        func.count().label("places"),
        func.count(_p.lat).label("placed"),
        func.count().filter(_p.approximate).label("unplaced"),
    ).where(_p.company_id == _c.id)
    labels = func.array_agg(_o.label).label("labels")
    of_offers = select(labels, func.count().filter(_o.text == "").label("silent")).where(
        _o.company_id == _c.id
    )
    asked = company_rights.alias("asked")
    waiting = select(func.count()).where(asked.c.company_id == _c.id, asked.c.status == "pending")
    pending = select(func.count()).where(_d.company_id == _c.id, _d.status == Status.PENDING)
    changing = (
        select(_g.status)
        .where(_g.company_id == _c.id, _g.status.in_(_UNDER_WAY))
        .order_by(_g.updated_at.desc())
        .limit(1)
    )
    at_places, at_offers = of_places.lateral("at_places"), of_offers.lateral("at_offers")
    always = _c.id.is_not(None)
    return (
        select(
            companies,
            func.coalesce(_a.contacts_28d, 0).label("contacts_28d"),
            func.coalesce(_a.contacts_7d, 0).label("contacts_7d"),
            at_places,
            at_offers,
            waiting.scalar_subquery().label("waiting"),
            pending.scalar_subquery().label("to_answer"),
            changing.scalar_subquery().label("changing"),
        )
        .outerjoin(company_activity, _a.company_id == _c.id)
        .join(at_places, always)
        .join(at_offers, always)
    )


def _space(row: Any) -> Space:  # noqa: ANN401 - a row of _spaces
    gone = row.closed_at or row.banned_at or row.opted_out_at
    labels = tuple(row.labels or ())
    return Space(
        id=row.id,
        siret=row.siret,
        name=row.custom_name or row.name,
        standing=Standing(
            open=gone is None,
            next_availability_date=row.next_availability_date,
            max_contacts_per_month=row.max_contacts_per_month,
            contacts_28_days=row.contacts_28d,
            contacts_7_days=row.contacts_7d,
            placed=row.placed > 0,
            has_job=bool(labels),
            unresponsive=row.unresponsive_at is not None,
        ),
        banned=row.banned_at is not None,
        ban_reason=row.ban_reason,
        closed=row.closed_at is not None,
        paused_until=row.next_availability_date,
        quota=row.max_contacts_per_month,
        contact_email=row.contact_email,
        conditions=conditions_of(row.conditions),
        information=row.additional_information,
        places=row.places,
        unplaced=row.unplaced,
        offers=labels,
        offers_without_text=row.silent,
        waiting=row.waiting,
        to_answer=row.to_answer,
        new_address=RegistrationStatus(row.changing) if row.changing else None,
        version=row.updated_at,
    )


async def spaces_of(session: ReadSession, user: UUID) -> tuple[Space, ...]:
    """The companies on which an account has an accepted right, by name."""
    rights = company_rights.c
    mine = and_(rights.company_id == _c.id, rights.user_id == user, rights.status == "accepted")
    query = _spaces().join(company_rights, mine).order_by(_c.name, _c.id)
    return tuple(_space(row) for row in await session.execute(query))


async def space(session: ReadSession, company_id: int) -> Space | None:
    """The company of that id."""
    row = (await session.execute(_spaces().where(_c.id == company_id))).one_or_none()
    return _space(row) if row else None


async def waiting_companies(session: ReadSession, user: UUID) -> tuple[tuple[str, str], ...]:
    """SIRET and name of the companies an account waits to join, by name; empty when it may not be shown."""
    rights = company_rights.c
    known = func.coalesce(func.nullif(_c.custom_name, ""), _c.name)
    name = case((_c.diffusible, known), else_="").label("shown")
    query = (
        select(_c.siret, name)
        .join(company_rights, rights.company_id == _c.id)
        .where(rights.user_id == user, rights.status == "pending")
        .order_by(name, _c.id)
    )
    return tuple((row.siret, row.shown) for row in await session.execute(query))


async def applied_by(session: ReadSession, user_email: str) -> tuple[Applied, ...]:
    """The new companies whose form was sent with that address and waits, oldest first."""
    query = (
        select(_g.siret, _g.status, _g.data)
        .where(
            func.lower(_g.email) == user_email,
            _g.company_id.is_(None),
            _g.status.in_(_UNDER_WAY),
        )
        .order_by(_g.created_at)
    )
    return tuple(
        Applied(siret=row.siret, name=_typed_name(row.data), status=RegistrationStatus(row.status))
        for row in await session.execute(query)
    )


def _typed_name(data: Mapping[str, Any]) -> str:
    identity = data.get("form", {}).get("identity", {})
    return str(identity.get("custom_name") or identity.get("name") or "")


async def pause(session: Session, company_id: int, until: date | None) -> None:
    """Found again from that day on; at once with None. The form is left as it is, and so its version."""
    await session.execute(update(companies).where(_c.id == company_id).values(next_availability_date=until))


async def close(session: Session, company_id: int, now: datetime) -> bool:
    """Gone from search and from sight; False when it was already."""
    open_one = (_c.id == company_id, _c.closed_at.is_(None))
    closed = update(companies).where(*open_one).values(closed_at=now, updated_at=now)
    return (await session.execute(closed.returning(_c.id))).first() is not None


async def reopen(session: Session, company_id: int, now: datetime) -> bool:
    """Back as it was; False when it was not closed."""
    closed = (_c.id == company_id, _c.closed_at.is_not(None))
    opened = update(companies).where(*closed).values(closed_at=None, updated_at=now)
    return (await session.execute(opened.returning(_c.id))).first() is not None


async def set_quota(session: Session, company_id: int, quota: int, now: datetime) -> None:
    """How many requests a month the company takes."""
    values = {"max_contacts_per_month": quota, "source": "form", "updated_at": now}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))


async def set_conditions(
    session: Session, company_id: int, conditions: Mapping[str, str], now: datetime
) -> None:
    """What a newcomer needs to know, by name; empty ones are left out."""
    values = {"conditions": dict(conditions), "source": "form", "updated_at": now}
    await session.execute(update(companies).where(_c.id == company_id).values(**values))


async def confirm(session: Session, company_id: int, now: datetime) -> None:
    """Its people say that the file is up to date."""
    await session.execute(update(companies).where(_c.id == company_id).values(updated_at=now))


async def to_nudge(session: Session, before: datetime, today: date, most: int) -> tuple[int, ...]:
    """Companies to ask whether their file is up to date: unchanged and not asked since then, locked.

    Those that are away (gone, banned, paused) are left in peace; the longest unchanged come first.
    """
    query = (
        select(_c.id)
        .where(
            _c.proof == "proved",
            _c.contact_email != "",
            _c.closed_at.is_(None),
            _c.banned_at.is_(None),
            _c.opted_out_at.is_(None),
            func.coalesce(_c.next_availability_date, today) <= today,
            _c.updated_at < before,
            func.coalesce(_c.nudged_at, _c.created_at) < before,
        )
        .order_by(_c.updated_at, _c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return tuple((await session.scalars(query)).all())


async def nudged(session: Session, company_ids: tuple[int, ...], now: datetime) -> None:
    """They were asked."""
    await session.execute(update(companies).where(_c.id.in_(company_ids)).values(nudged_at=now))
