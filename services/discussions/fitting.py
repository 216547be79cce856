"""The search the other way round: who, among the people an agent accompanies, fits a company's offer.

Only people with a current referral, which they agreed to, and nothing about anybody else. The score is
that of the person's own search, its reasons those that tell one person from another; who lives too far
for what they said comes after.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import contacts, passports, places, referents
from data.session import ReadSession
from domain.errors import NotFoundError
from domain.roles import Actor
from domain.search import Filters
from domain.values import distance_km
from services import person_files
from services.discussions.asking import GONE
from services.indexing import SearchEngine
from services.passports import Stated, passport_stated
from services.search import SearchHit, SearchQuery, search

_OF_THE_PERSON = frozenset({"skills", "objective"})
_SAID_TO_AN_AGENT = (("de vos ", "de ses "), ("vos ", "ses "), ("votre ", "sa "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One person before the offer. `km` from their commune, None when it is not known."""

    beneficiary: UUID
    name: str
    score: float
    reasons: tuple[str, ...]
    """In French, of the person: what is the same for everybody is left out."""
    matched: tuple[str, ...]
    to_learn: tuple[str, ...]
    km: float | None
    too_far: bool
    """Farther than the person said they go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """An offer, and the people it fits, best first; `without` have no passport to compare yet."""

    company: str
    label: str
    siret: str
    people: tuple[Fit, ...]
    without: tuple[tuple[UUID, str], ...]


async def who_fits(
    session: ReadSession, engine: SearchEngine, actor: Actor, offer_id: int, now: datetime
) -> Fitting:
    """The people this agent accompanies now, before that offer; raises `NotFoundError` when it is gone."""
    offer = await contacts.offer(session, offer_id)
    listed = await places.places_of(session, offer.company_id) if offer else ()
    point = next((one.place.point for one in listed if one.place.point), None)
    if offer is None or point is None:
        raise NotFoundError(GONE)
    fits, without = [], []
    people = {
        one.beneficiary_id: one.name for one in await person_files.people(session, actor) if one.current
    }
    homes = await referents.homes(session, list(people))
    for person, name in people.items():
        passport = await passports.owned(session, person)
        if passport is None:
            without.append((person, name or "Personne sans nom"))
            continue
        hit = await _hit(session, engine, (offer.company_id, offer.rome), passport, now)
        stated = await passport_stated(session, passport)
        km = distance_km(homes[person], point) if person in homes else None
        fits.append(_fit(person, name, hit, km, stated, wished=offer.rome in stated.wishes))
    fits.sort(key=lambda one: (one.too_far, -one.score, one.name))
    return Fitting(
        company=offer.company,
        label=offer.label,
        siret=offer.siret,
        people=tuple(fits),
        without=tuple(without),
    )


async def _hit(
    session: ReadSession,
    engine: SearchEngine,
    key: tuple[int, str],
    passport: UUID,
    now: datetime,
) -> SearchHit | None:
    """The offer as the person's own search scores it, wherever they live; None while search leaves it out.

    Asked of this company alone: among many neighbours of the same occupation it may be far down the list.
    """
    query = SearchQuery(
        today=now.date(),
        rome=(key[1],),
        passport=passport,
        filters=Filters(volunteers_only=True),
        company=key[0],
    )
    page = await search(session, engine, query)
    return next((hit for hit in page.hits if hit.occupation.code == key[1]), None)


def _fit(
    person: UUID, name: str, hit: SearchHit | None, km: float | None, stated: Stated, *, wished: bool
) -> Fit:
    most = stated.mobility.max_km if stated.mobility else None
    told = [_theirs(one.text) for one in hit.reasons if one.code in _OF_THE_PERSON] if hit else []
    return Fit(
        beneficiary=person,
        name=name or "Personne sans nom",
        score=hit.score if hit else 0.0,
        reasons=(*(["ce métier est dans ses souhaits"] if wished else []), *told),
        matched=tuple(one.label for one in hit.matched) if hit else (),
        to_learn=tuple(one.label for one in hit.to_learn) if hit else (),
        km=km,
        too_far=km is not None and most is not None and km > most,
    )


def _theirs(text: str) -> str:
    """A reason of the person's own search as it is said to who accompanies them."""
    for mine, theirs in _SAID_TO_AN_AGENT:
        if text.startswith(mine) or f" {mine}" in text:
            return text.replace(mine, theirs, 1)
    return text
