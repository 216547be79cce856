"""Searches kept and the companies that came since; companies put aside, by a person or for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.session import ReadSession, Session
from data.tables import companies, company_places, favourites, offers, saved_searches, users
from domain.saved import Frequency
from domain.values import EARTH_RADIUS_KM

_s, _c, _p, _o, _f = saved_searches.c, companies.c, company_places.c, offers.c, favourites.c


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRow:
    """A search kept by an account."""

    id: UUID
    user_id: UUID
    label: str
    query: str
    rome: tuple[str, ...]
    lat: float | None
    lon: float | None
    radius_km: int
    frequency: Frequency
    checked_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A company that a kept search would find."""

    siret: str
    name: str
    city: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouriteRow:
    """A company put aside; `added_by` names who put it there, when it is not the person."""

    company_id: int
    siret: str
    company: str
    city: str
    rome: str
    jobs: str
    note: str
    added_by: str
    added_at: datetime


_SHOWN = tuple(column for column in _s if column.name != "seen_at")


def _row(row: Mapping[Any, Any]) -> SavedRow:
    values = dict(row)
    values["rome"], values["frequency"] = tuple(values["rome"]), Frequency(values["frequency"])
    return SavedRow(**values)


async def find(session: ReadSession, *where: ColumnElement[bool]) -> tuple[SavedRow, ...]:
    """Kept searches that answer to all the conditions, the latest first."""
    query = select(*_SHOWN).where(*where).order_by(_s.created_at.desc(), _s.id)
    return tuple(_row(row) for row in (await session.execute(query)).mappings())


async def of_user(session: ReadSession, user: UUID) -> tuple[SavedRow, ...]:
    """The searches of an account."""
    return await find(session, _s.user_id == user)


async def by_id(session: ReadSession, saved: UUID) -> SavedRow | None:
    """One kept search."""
    return next(iter(await find(session, _s.id == saved)), None)


async def seen(session: Session, user: UUID, now: datetime) -> None:
    """The owner looked at them: they are kept one more year."""
    await session.execute(update(saved_searches).where(_s.user_id == user).values(seen_at=now))


async def keep(session: Session, user: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Keep a search; the same one again takes the new frequency and name."""
    times = {"checked_at": now, "seen_at": now, "created_at": now}
    statement = upsert(saved_searches).values(user_id=user, **values, **times)
    again = {"label": values["label"], "frequency": values["frequency"], "seen_at": now}
    await session.execute(statement.on_conflict_do_update(index_elements=[_s.user_id, _s.query], set_=again))


async def set_frequency(session: Session, saved: UUID, frequency: Frequency) -> None:
    """How often its owner is told from now on."""
    await session.execute(update(saved_searches).where(_s.id == saved).values(frequency=frequency.value))


async def checked(session: Session, saved: UUID, now: datetime) -> None:
    """What came until now was told."""
    await session.execute(update(saved_searches).where(_s.id == saved).values(checked_at=now))


async def drop(session: Session, saved: UUID) -> None:
    """Forget a search."""
    await session.execute(delete(saved_searches).where(_s.id == saved))


async def due(session: ReadSession, frequency: Frequency, before: datetime) -> Sequence[UUID]:
    """The searches of that frequency that were looked at before that moment."""
    query = select(_s.id).where(_s.frequency == frequency, _s.checked_at <= before).order_by(_s.id)
    return (await session.scalars(query)).all()


async def immediate_for(session: ReadSession, company_id: int) -> Sequence[UUID]:
    """The searches whose owner is told at once, that find that company."""
    query = (
        select(_s.id)
        .join(companies, _c.id == company_id)
        .where(_s.frequency == Frequency.IMMEDIATE, _matches(), *_open())
    )
    return (await session.scalars(query.order_by(_s.id))).all()


async def newcomers(session: ReadSession, saved: UUID, most: int) -> tuple[Newcomer, ...]:
    """Companies that came since a search was last looked at, the latest first."""
    city = select(_p.city).where(_p.company_id == _c.id).order_by(_p.id).limit(1).scalar_subquery()
    query = (
        select(_c.siret, _name(), func.coalesce(city, "").label("city"))
        .select_from(companies)
        .join(saved_searches, _s.id == saved)
        .where(_c.created_at > _s.checked_at, _matches(), *_open())
        .order_by(_c.created_at.desc(), _c.id)
        .limit(most)
    )
    return tuple(Newcomer(**row) for row in (await session.execute(query)).mappings())


def _name() -> ColumnElement[str]:
    return func.coalesce(func.nullif(_c.custom_name, ""), _c.name).label("name")


def _open() -> tuple[ColumnElement[bool], ...]:
    """What a company must be to be told of: the rest changes each day, and the page says it."""
    return (
        _c.proof == "proved",
        _c.diffusible,
        _c.closed_at.is_(None),
        _c.banned_at.is_(None),
        _c.opted_out_at.is_(None),
    )


def _matches() -> ColumnElement[bool]:
    """The company has one of the jobs asked, and a place within the radius."""
    job = exists().where(_o.company_id == _c.id, _o.rome == func.any(_s.rome))
    near = exists().where(_p.company_id == _c.id, _distance_km() <= _s.radius_km)
    return or_(func.cardinality(_s.rome) == 0, job) & or_(_s.lat.is_(None), near)


def _distance_km() -> ColumnElement[float]:
    """Great-circle distance (haversine), as `domain.values.distance_km`."""
    lat_a, lat_b = func.radians(_s.lat), func.radians(_p.lat)
    half = func.power(func.sin((lat_b - lat_a) / 2), 2) + func.cos(lat_a) * func.cos(lat_b) * func.power(
        func.sin(func.radians(_p.lon - _s.lon) / 2), 2
    )
    distance: ColumnElement[float] = 2 * EARTH_RADIUS_KM * func.asin(func.least(1.0, func.sqrt(half)))
    return distance


async def favourites_of(session: ReadSession, person: UUID) -> tuple[FavouriteRow, ...]:
    """The companies a person put aside, the latest first; none that is gone."""
    by = users.alias("by")
    city = select(_p.city).where(_p.company_id == _c.id).order_by(_p.id).limit(1).scalar_subquery()
    jobs = select(func.string_agg(_o.label, ", ")).where(_o.company_id == _c.id).scalar_subquery()
    who = func.trim(func.concat(by.c.first_name, " ", by.c.last_name))
    query = (
        select(
            *(_f.company_id, _f.rome, _f.note, _f.added_at, _c.siret),
            _name().label("company"),
            func.coalesce(city, "").label("city"),
            func.coalesce(jobs, "").label("jobs"),
            func.coalesce(func.nullif(who, ""), by.c.email, "").label("added_by"),
        )
        .join(companies, _c.id == _f.company_id)
        .outerjoin(by, by.c.id == _f.added_by)
        .where(_f.beneficiary_id == person, *_open())
        .order_by(_f.added_at.desc(), _f.company_id)
    )
    return tuple(FavouriteRow(**row) for row in (await session.execute(query)).mappings())


async def count_favourites(session: ReadSession, person: UUID) -> int:
    """How many companies a person put aside."""
    query = select(func.count()).select_from(favourites).where(_f.beneficiary_id == person)
    return int(await session.scalar(query) or 0)


async def company_of(session: ReadSession, siret: str) -> int | None:
    """The id of a company that may be put aside."""
    found: int | None = await session.scalar(select(_c.id).where(_c.siret == siret, *_open()))
    return found


async def put_aside(session: Session, values: Mapping[str, Any]) -> None:
    """Put a company aside; twice is the same."""
    await session.execute(upsert(favourites).values(**values).on_conflict_do_nothing())


async def take_away(session: Session, person: UUID, company_id: int) -> None:
    """Forget a company put aside."""
    await session.execute(delete(favourites).where(_f.beneficiary_id == person, _f.company_id == company_id))
