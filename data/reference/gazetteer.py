"""Find a commune from what a company file says of it, in memory: one query for a whole import."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select

from data.session import ReadSession
from data.tables import communes
from domain.values import Point, department_of, fold

_TAIL = re.compile(r" (?:cedex|arrondissement)\b.*$| [0-9]+(?:er?|eme|nd|de)?$")
"""What follows the name in « Paris 12e arrondissement », « Lyon Cedex 03 »."""
_SAINT = re.compile(r"\bst(e?)\b")


@dataclass(frozen=True, slots=True)
class Place:
    """A commune as far as a company's place needs it."""

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    point: Point


@lru_cache(maxsize=65536)
def city_key(city: str) -> str:
    """A city's name without what people add to it or shorten in it.

    >>> city_key("ST-ETIENNE CEDEX 2")
    'saint etienne'
    """
    folded = fold(city)
    shorter = _TAIL.sub("", folded)
    while shorter != folded:
        folded, shorter = shorter, _TAIL.sub("", shorter)
    return _SAINT.sub(r"saint\1", folded)


class Gazetteer:
    """Communes by code, by postal code and name, by department and name."""

    def __init__(self, places: Iterable[tuple[Place, str]]) -> None:
        self.by_insee: dict[str, Place] = {}
        self._by_postal_code: dict[tuple[str, str], Place] = {}
        self._alone: defaultdict[str, set[str]] = defaultdict(set)
        self._by_department: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for place, kind in places:
            key = city_key(place.name)
            self.by_insee[place.insee] = place
            for code in place.postal_codes:
                # Arrondissements come last: their own postal code leads to them, not to the whole city.
                self._by_postal_code[code, key] = place
                self._alone[code].add(place.insee)
            if kind == "commune":
                self._by_department[department_of(place.insee), key].add(place.insee)

    def find(self, insee: str, postal_code: str, city: str) -> Place | None:
        """By its code, else its postal code and name, else what is left without a doubt; None else.

        Without a doubt: the only commune of the postal code, or, for a CEDEX, of that name in the
        department.
        """
        if insee in self.by_insee:
            return self.by_insee[insee]
        key = city_key(city)
        found = self._by_postal_code.get((postal_code, key))
        if found:
            return found
        department = postal_code[:3] if postal_code.startswith(("97", "98")) else postal_code[:2]
        alone = self._alone.get(postal_code) or self._by_department.get((department, key)) or set()
        return self.by_insee[next(iter(alone))] if len(alone) == 1 else None


async def load_gazetteer(session: ReadSession) -> Gazetteer:
    """All current communes and arrondissements, communes first."""
    query = (
        select(
            communes.c.insee,
            communes.c.name,
            communes.c.postal_codes,
            communes.c.lat,
            communes.c.lon,
            communes.c.kind,
        )
        .where(~communes.c.retired)
        .order_by(communes.c.kind == "arrondissement", communes.c.insee)
    )
    rows = (await session.execute(query)).all()
    return Gazetteer(
        (Place(insee, name, tuple(postal_codes), Point(lat, lon)), kind)
        for insee, name, postal_codes, lat, lon, kind in rows
    )
