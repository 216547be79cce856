"""Places of companies, and the communes that place them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, delete, exists, func, insert, select, type_coerce, update
from sqlalchemy.dialects.postgresql import ARRAY

from data.session import ReadSession, Session
from data.tables import communes, company_places
from domain.company import PlaceForm
from domain.values import Point

_p, _m = company_places.c, communes.c


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune that an address may be in."""

    insee: str
    name: str
    kind: str
    point: Point
    population: int


_ACCENTS = ("àâäçéèêëîïôöùûüœ-'’", "aaaceeeeiioouuuo   ")
"""What a commune's name loses to be compared with one that `domain.values.fold` made plain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """A place as kept; `approximate` says that its point is the commune's."""

    id: int
    place: PlaceForm
    approximate: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A place with the point it will have until something better is known."""

    place: PlaceForm
    point: Point
    approximate: bool


_COMMUNE = select(_m.insee, _m.name, _m.kind, _m.lat, _m.lon, _m.population).where(~_m.retired)


def _commune(row: Any) -> Commune:  # noqa: ANN401 - a row of _COMMUNE
    return Commune(row.insee, row.name, row.kind, Point(row.lat, row.lon), row.population)


async def commune(session: ReadSession, insee: str) -> Commune | None:
    """The commune of that code."""
    row = (await session.execute(_COMMUNE.where(_m.insee == insee))).one_or_none()
    return _commune(row) if row else None


async def communes_by_postal_code(session: ReadSession, postal_code: str) -> Sequence[Commune]:
    """The communes a postal code serves, most populous first."""
    served = type_coerce(_m.postal_codes, ARRAY(Text)).contains([postal_code])
    query = _COMMUNE.where(served).order_by(_m.population.desc(), _m.insee)
    return [_commune(row) for row in await session.execute(query)]


async def communes_by_department(session: ReadSession, department: str) -> Sequence[Commune]:
    """The communes of a department, most populous first: for the postal codes of firms (CEDEX)."""
    query = _COMMUNE.where(_m.department == department).order_by(_m.population.desc(), _m.insee)
    return [_commune(row) for row in await session.execute(query)]


async def is_commune_name(session: ReadSession, folded: str) -> bool:
    """Whether some commune of the country has that name, given as `domain.values.fold` writes it."""
    plain = func.translate(func.lower(_m.name), *_ACCENTS)
    return bool(await session.scalar(select(exists().where(plain == folded))))


def _row(row: Any) -> PlaceRow:  # noqa: ANN401 - a row of company_places
    place = PlaceForm(
        address=row.address,
        postal_code=row.postal_code,
        city=row.city,
        insee=row.insee or "",
        point=None if row.lat is None else Point(row.lat, row.lon),
    )
    return PlaceRow(id=row.id, place=place, approximate=row.approximate)


async def places_of(session: ReadSession, company_id: int) -> Sequence[PlaceRow]:
    """The company's places, oldest first."""
    query = select(company_places).where(_p.company_id == company_id).order_by(_p.id)
    return [_row(row) for row in await session.execute(query)]


async def place(session: ReadSession, place_id: int) -> PlaceRow | None:
    """The place of that id; None when it is gone."""
    query = select(company_places).where(_p.id == place_id)
    row = (await session.execute(query)).one_or_none()
    return _row(row) if row else None


async def add(session: Session, company_id: int, placed: Placed) -> int:
    """Write a place; gives its id."""
    statement = insert(company_places).values(
        company_id=company_id,
        address=placed.place.address,
        postal_code=placed.place.postal_code,
        city=placed.place.city,
        insee=placed.place.insee or None,
        lat=placed.point.lat,
        lon=placed.point.lon,
        approximate=placed.approximate,
    )
    return int((await session.execute(statement.returning(_p.id))).scalar_one())


async def remove(session: Session, company_id: int, place_ids: Sequence[int]) -> None:
    """Remove places that the company no longer has."""
    gone = delete(company_places).where(_p.company_id == company_id, _p.id.in_(place_ids))
    await session.execute(gone)


async def refine(session: Session, place_id: int, before: PlaceForm, point: Point) -> bool:
    """Give the place its address's point, if its address has not changed; whether it did."""
    same = (_p.address == before.address, _p.postal_code == before.postal_code, _p.city == before.city)
    statement = update(company_places).where(_p.id == place_id, _p.approximate, *same)
    values = {"lat": point.lat, "lon": point.lon, "approximate": False}
    return (await session.execute(statement.values(**values).returning(_p.id))).first() is not None
