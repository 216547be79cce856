"""Search: what was typed becomes criteria, the ranking becomes cards, and nothing found widens."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import NamedTuple

from data.queries.cards import Card
from data.queries.passports import PassportKey
from data.session import ReadSession
from domain.errors import UnavailableError
from domain.search import (
    DEFAULT_PAGE_SIZE,
    DEFAULT_RADIUS_KM,
    MAX_PAGE_SIZE,
    WIDENED_RADII_KM,
    ContactMode,
    Criteria,
    FacetValue,
    Filters,
    Objective,
    Ranked,
    Ranking,
    Reason,
    Sort,
    Standing,
)
from domain.values import Point
from matching.learning import values_of
from matching.rank import rank
from services.indexing import Parts, SearchEngine
from services.passports import Stated, passport_stated

IN_THREAD_FROM = 1_000_000
"""From this many offers on, a ranking may take longer than the event loop should wait."""
_LOOKED_AT = 500
"""Hits that people may have come to by turning pages; a company further on was not found by that search."""
_DECIMALS = 4
_AWAY = "La base de données ne répond pas. Réessayez dans quelques secondes."
_NOTHING = "Aucune entreprise trouvée, même en élargissant. Retirez un filtre ou essayez un autre métier."


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """One search as a door received it: codes may be unknown, the passport a browser's or a person's.

    `today` decides who is paused; `radius_km` counts only with a `place`. What is asked here wins over
    what the passport states. `seed` (None: the day) is that of the first page of a visit. With a
    `company`, only its own places are found.
    """

    today: date
    skills: tuple[str, ...] = ()
    passport: PassportKey | None = None
    rome: tuple[str, ...] = ()
    appellations: tuple[str, ...] = ()
    near: bool = False
    place: Point | None = None
    radius_km: float = DEFAULT_RADIUS_KM
    objective: Objective | None = None
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    seed: int | None = None
    company: int | None = None


class Coded(NamedTuple):
    """A code of a referential and its French label."""

    code: str
    label: str


class SearchHit(NamedTuple):
    """A company at a place, for its best occupation.

    `distance_km` is None when no place was asked. `offer_label` is the company's own wording, the
    occupation's for a « potentiel ». `availability` is a French sentence. `volunteer` is false for a
    « potentiel », which takes no request through the service.
    """

    card: Card
    volunteer: bool
    occupation: Coded
    offer_label: str
    others: tuple[Coded, ...]
    distance_km: float | None
    score: float
    reasons: tuple[Reason, ...]
    matched: tuple[Coded, ...]
    to_learn: tuple[Coded, ...]
    availability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of hits.

    `facets` by filter name (`contact_modes`, `remote`, `disabled_fit`, `headcounts`, `naf`, `engaged`);
    `widened` are French sentences, empty when the search found as asked; `unknown` are the codes that no
    referential has, as typed. `page_size` times `page` may pass `total`. `seed` and `weights` as
    `domain.search.Ranking` says.
    """

    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    widened: tuple[str, ...]
    unknown: tuple[str, ...]
    took_ms: float
    page: int
    page_size: int
    seed: int
    weights: Mapping[str, float]


async def search(session: ReadSession, engine: SearchEngine, query: SearchQuery) -> SearchPage:
    """Rank, widen when nothing is found, and show the cards of the page.

    Raises `UnavailableError` while PostgreSQL is away: what is in memory may be old by then.
    """
    if engine.away:
        raise UnavailableError(_AWAY)
    began = perf_counter()
    parts = engine.parts
    asked, unknown = await _criteria(session, parts, query)
    ranking, widened = await _widening(parts, asked)
    found = await engine.cards.get(session, [hit.place_id for hit in ranking.hits])
    shown = _Shower(parts)
    hits = [shown.hit(hit, found[hit.place_id]) for hit in ranking.hits if hit.place_id in found]
    return SearchPage(
        total=ranking.total,
        hits=tuple(hits),
        facets=ranking.facets,
        widened=widened,
        unknown=unknown,
        took_ms=round((perf_counter() - began) * 1000, 2),
        page=query.page,
        page_size=query.page_size,
        seed=ranking.seed,
        weights=ranking.weights,
    )


async def standing(
    session: ReadSession, engine: SearchEngine, query: SearchQuery, company_id: int
) -> Standing | None:
    """Where a company stands in a search now, whichever page was open; None when it is not found.

    Made again from what was asked, never from what a browser says of its score.
    """
    if engine.away:
        return None
    parts = engine.parts
    asked, _ = await _criteria(session, parts, replace(query, page_size=MAX_PAGE_SIZE))
    for page in range(1, _LOOKED_AT // MAX_PAGE_SIZE + 1):
        ranking, _ = await _widening(parts, replace(asked, page=page))
        at = next((at for at, hit in enumerate(ranking.hits) if hit.company_id == company_id), None)
        if at is not None:
            values = values_of(ranking.hits[at].reasons, ranking.weights)
            terms = {code: round(value, _DECIMALS) for code, value in values.items()}
            return Standing(terms=terms, position=(page - 1) * MAX_PAGE_SIZE + at + 1)
        if page * MAX_PAGE_SIZE >= ranking.total:
            break
    return None


async def _criteria(
    session: ReadSession,
    parts: Parts,
    query: SearchQuery,
) -> tuple[Criteria, tuple[str, ...]]:
    """What can be ranked, and the codes that no referential has."""
    held = await passport_stated(session, query.passport) if query.passport else Stated()
    skills = [*query.skills, *held.skills]
    rome = [*query.rome, *(parts.appellations.get(ogr, "") for ogr in query.appellations)]
    unknown = [
        *(code for code in query.skills if not parts.occupations.knows(code)),
        *(code for code in query.rome if code not in parts.occupations.position),
        *(ogr for ogr in query.appellations if ogr not in parts.appellations),
    ]
    criteria = Criteria(
        today=query.today,
        skills=tuple(dict.fromkeys(code for code in skills if parts.occupations.knows(code))),
        rome=tuple(dict.fromkeys(code for code in rome if code in parts.occupations.position)),
        near=query.near,
        wishes=held.wishes,
        place=query.place,
        radius_km=query.radius_km,
        mobility_km=held.mobility.max_km if held.mobility else None,
        objective=query.objective or held.objective,
        filters=query.filters,
        sort=query.sort,
        page=query.page,
        page_size=query.page_size,
        seed=query.seed,
        company=query.company,
    )
    return criteria, tuple(dict.fromkeys(unknown))


async def _widening(parts: Parts, asked: Criteria) -> tuple[Ranking, tuple[str, ...]]:
    """The ranking asked, else the first that finds something, and what was done to find it."""
    first = await _rank(parts, asked)
    if first.total:
        return first, ()
    tried = asked
    said: tuple[str, ...] = ()
    for wider, sentence in _wider(asked):
        tried, said = wider, (*said, sentence)
        ranking = await _rank(parts, tried)
        if ranking.total:
            return ranking, said
    return first, (_NOTHING,) if said else ()


def _wider(asked: Criteria) -> Iterator[tuple[Criteria, str]]:
    """Wider and wider searches, each with what it adds in French."""
    current = asked
    if asked.rome and not asked.near:
        current = replace(current, near=True)
        yield current, "Aucune entreprise pour ce que vous cherchez : les métiers proches ont été ajoutés."
    for radius in WIDENED_RADII_KM:
        if asked.place is not None and radius > asked.radius_km:
            before, current = current.radius_km, replace(current, radius_km=radius)
            yield current, f"Rien à moins de {before:g} km : la recherche va jusqu’à {radius} km."


async def _rank(parts: Parts, criteria: Criteria) -> Ranking:
    """In the event loop when it takes a few milliseconds, in a thread for a large index."""
    if parts.index.n_rows < IN_THREAD_FROM:
        return rank(criteria, parts.occupations, parts.index, parts.weights)
    return await asyncio.to_thread(rank, criteria, parts.occupations, parts.index, parts.weights)


class _Shower:
    """Turns ranked places into hits; those of one occupation share the same skills, labelled once."""

    def __init__(self, parts: Parts) -> None:
        self._occupations, self._skills = parts.occupations.labels, parts.skill_labels
        self._labelled: dict[tuple[str, ...], tuple[Coded, ...]] = {}

    def hit(self, hit: Ranked, card: Card) -> SearchHit:
        """What is shown of a place."""
        volunteer = card.contact_mode is not ContactMode.NONE
        offer = next((offer for offer in card.offers if offer.rome == hit.rome), None)
        label = self._occupations[hit.rome]
        return SearchHit(
            card=card,
            volunteer=volunteer,
            occupation=Coded(hit.rome, label),
            offer_label=offer.label if offer else label,
            others=tuple(Coded(code, self._occupations[code]) for code in hit.others),
            distance_km=hit.distance_km,
            score=hit.score,
            reasons=hit.reasons,
            matched=self._of_skills(hit.matched),
            to_learn=self._of_skills(hit.to_learn),
            availability=_availability(card, volunteer=volunteer),
        )

    def _of_skills(self, codes: tuple[str, ...]) -> tuple[Coded, ...]:
        if codes not in self._labelled:
            self._labelled[codes] = tuple(Coded(code, self._skills[code]) for code in codes)
        return self._labelled[codes]


def _availability(card: Card, *, volunteer: bool) -> str:
    if not volunteer:
        return "Ne s’est pas encore déclarée : à contacter par vos propres moyens."
    if card.max_contacts_per_month == 1:
        return "Accueille en ce moment : une demande par mois."
    return f"Accueille en ce moment : jusqu’à {card.max_contacts_per_month} demandes par mois."
