"""The answer of a search: its shapes, and what of it is kept as JSON.

What a hit says of its company and place is encoded once a card, what it says of skills once an
occupation and a page.
"""

from typing import Annotated, Any, NamedTuple
from weakref import WeakKeyDictionary

import msgspec

from api.openapi import shown
from data.queries.cards import Card
from domain.search import CONTACT_LABELS, REMOTE_LABELS, ContactMode, DisabledFit, RemoteMode
from domain.values import HEADCOUNTS
from services.search import Coded, SearchHit, SearchPage


class SkillOut(msgspec.Struct):
    """A skill of the ROME (or of the starter data)."""

    ogr: Annotated[str, shown("100023", "OGR code, or E0001… in the starter data")]
    label: Annotated[str, shown("Encaisser le montant d'une vente")]


class OccupationOut(msgspec.Struct):
    """An occupation of the ROME 4.0."""

    rome: Annotated[str, shown("D1106")]
    label: Annotated[str, shown("Vendeur / Vendeuse en alimentation")]


class HitOccupation(msgspec.Struct):
    """The occupation that places the company here, and the offer behind it."""

    rome: Annotated[str, shown("D1106")]
    label: Annotated[str, shown("Vendeur / Vendeuse en alimentation")]
    offer_label: Annotated[str, shown("Vendeuse en boulangerie", "The company's own words")]
    appellation: Annotated[str | None, shown("10200", "OGR code, when the company chose one")]
    remote_mode: Annotated[RemoteMode, shown("on_site")]
    remote_label: Annotated[str, shown("Sur place")]


class HitCompany(msgspec.Struct):
    """The company; how it is reached is told, its address and phone are not."""

    siret: Annotated[str, shown("99900000100017")]
    name: Annotated[str | None, shown("Boulangerie du Pont", "None: may not be shown by its name")]
    volunteer: Annotated[
        bool, shown(example=True, description="false: a « potentiel », from a public register")
    ]
    naf: Annotated[str | None, shown("10.71C")]
    naf_label: Annotated[str, shown("Boulangerie et boulangerie-pâtisserie")]
    headcount: Annotated[str, shown("02", "INSEE code")]
    headcount_label: Annotated[str, shown("3 à 5 salariés")]
    website: Annotated[str, shown("https://boulangerie-du-pont.example")]
    additional_information: Annotated[str, shown("On vous accueille dès 6 h, café offert.")]
    contact_mode: Annotated[ContactMode, shown("email")]
    contact_label: Annotated[str, shown("Par e-mail")]
    fit_for_disabled_workers: Annotated[DisabledFit, shown("declared")]
    engaged: Annotated[bool, shown(example=False, description="Les entreprises s’engagent")]
    for_job_seekers: Annotated[bool, shown(example=True)]
    for_pupils: Annotated[bool, shown(example=False)]
    updated_on: Annotated[str, shown("2026-11-02", "ISO date")]


class HitPlace(msgspec.Struct):
    """Where the immersion would be."""

    id: Annotated[int, shown(42)]
    address: Annotated[str, shown("3 rue du Pont")]
    postal_code: Annotated[str, shown("44000")]
    city: Annotated[str, shown("Nantes")]
    lat: Annotated[float, shown(47.2184)]
    lon: Annotated[float, shown(-1.5536)]
    approximate: Annotated[bool, shown(example=False, description="The point is the commune's")]


class ReasonOut(msgspec.Struct):
    """One reason of the rank; the shares of a hit add up to its score."""

    code: Annotated[str, shown("skills")]
    text: Annotated[str, shown("5 de vos 8 compétences servent dans ce métier")]
    share: Annotated[float, shown(0.41)]


class Hit(msgspec.Struct):
    """A company at a place, for its best occupation."""

    company: HitCompany
    place: HitPlace
    occupation: HitOccupation
    other_occupations: list[OccupationOut]
    distance_km: Annotated[float | None, shown(3.2, "None when no place was asked")]
    score: Annotated[float, shown(0.83, "Between 0 and 1")]
    reasons: list[ReasonOut]
    skills_matched: list[SkillOut]
    skills_to_learn: list[SkillOut]
    availability: Annotated[str, shown("Accueille en ce moment")]
    url: Annotated[str, shown("/entreprises/99900000100017/42/D1106", "The page of this hit")]


class FacetOut(msgspec.Struct):
    """How many hits have this value."""

    value: Annotated[str, shown("email")]
    label: Annotated[str, shown("Par e-mail")]
    count: Annotated[int, shown(12)]


class SearchAnswer(msgspec.Struct):
    """A page of hits, best first; volunteers come before « potentiels »."""

    total: Annotated[int, shown(57)]
    hits: list[Hit]
    facets: Annotated[dict[str, list[FacetOut]], shown({}, "By filter; each counted with the others applied")]
    widened: Annotated[list[str], shown([], "What was widened, in French; empty when found as asked")]
    unknown: Annotated[list[str], shown([], "Codes that no referential has; they were ignored")]
    took_ms: Annotated[float, shown(1.8)]
    page: Annotated[int, shown(1)]
    page_size: Annotated[int, shown(12)]
    seed: Annotated[int, shown(9821, "To be given with the next pages: equal hits rotate each day")]


_encode = msgspec.json.Encoder().encode


class _OfCard(NamedTuple):
    """What every hit of a card says, already JSON, typed as what it stands for; jobs by ROME code."""

    company: HitCompany
    place: HitPlace
    occupations: dict[str, HitOccupation]


class _OfOccupation(NamedTuple):
    """The skills of every hit of an occupation on a page, already JSON too."""

    matched: list[SkillOut]
    to_learn: list[SkillOut]


kept_cards: WeakKeyDictionary[Card, _OfCard] = WeakKeyDictionary()
"""An entry lives as long as its card does: `services.cards` bounds them, and drops those that changed."""


def _json(value: object) -> Any:  # noqa: ANN401 - JSON that stands for the value
    return msgspec.Raw(_encode(value))


def _skills(coded: tuple[Coded, ...]) -> Any:  # noqa: ANN401 - JSON that stands for a list of SkillOut
    return _json([SkillOut(one.code, one.label) for one in coded])


def _company(hit: SearchHit) -> HitCompany:
    card = hit.card
    return HitCompany(
        siret=card.siret,
        name=card.name,
        volunteer=hit.volunteer,
        naf=card.naf,
        naf_label=card.naf_label,
        headcount=card.headcount,
        headcount_label=HEADCOUNTS[card.headcount],
        website=card.website,
        additional_information=card.additional_information,
        contact_mode=card.contact_mode,
        contact_label=CONTACT_LABELS[card.contact_mode],
        fit_for_disabled_workers=card.fit_for_disabled_workers,
        engaged=card.engaged,
        for_job_seekers=card.for_job_seekers,
        for_pupils=card.for_pupils,
        updated_on=card.updated_on.isoformat(),
    )


def _occupation(hit: SearchHit) -> HitOccupation:
    offer = next((one for one in hit.card.offers if one.label == hit.offer_label), None)
    mode = offer.remote_mode if offer else RemoteMode.ON_SITE
    return HitOccupation(
        rome=hit.occupation.code,
        label=hit.occupation.label,
        offer_label=hit.offer_label,
        appellation=offer.appellation if offer else None,
        remote_mode=mode,
        remote_label=REMOTE_LABELS[mode],
    )


def _place(card: Card) -> HitPlace:
    return HitPlace(
        card.place_id,
        card.address,
        card.postal_code,
        card.city,
        card.lat,
        card.lon,
        card.approximate,
    )


def _of_card(hit: SearchHit) -> _OfCard:
    kept = kept_cards.get(hit.card)
    if kept is None:
        kept = kept_cards[hit.card] = _OfCard(_json(_company(hit)), _json(_place(hit.card)), {})
    if hit.occupation.code not in kept.occupations:
        kept.occupations[hit.occupation.code] = _json(_occupation(hit))
    return kept


def _hit(hit: SearchHit, skills: dict[str, _OfOccupation]) -> Hit:
    card, rome = _of_card(hit), hit.occupation.code
    if rome not in skills:
        skills[rome] = _OfOccupation(_skills(hit.matched), _skills(hit.to_learn))
    return Hit(
        company=card.company,
        place=card.place,
        occupation=card.occupations[rome],
        other_occupations=[OccupationOut(one.code, one.label) for one in hit.others],
        distance_km=None if hit.distance_km is None else round(hit.distance_km, 2),
        score=hit.score,
        reasons=[ReasonOut(one.code, one.text, one.share) for one in hit.reasons],
        skills_matched=skills[rome].matched,
        skills_to_learn=skills[rome].to_learn,
        availability=hit.availability,
        url=f"/entreprises/{hit.card.siret}/{hit.card.place_id}/{rome}",
    )


def to_answer(page: SearchPage) -> SearchAnswer:
    """The use case's page in the shape of the API."""
    skills: dict[str, _OfOccupation] = {}
    facets: Any = page.facets  # written as `FacetOut` says, without a copy
    return SearchAnswer(
        total=page.total,
        hits=[_hit(hit, skills) for hit in page.hits],
        facets=facets,
        widened=list(page.widened),
        unknown=list(page.unknown),
        took_ms=page.took_ms,
        page=page.page,
        page_size=page.page_size,
        seed=page.seed,
    )
