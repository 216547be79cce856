"""An offer as its page shows it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from api.pages.points import Points, capital, points_of, total_of
from api.pages.search_form import SearchForm
from api.pages.search_typed import Choice
from api.pages.search_view import ask_url, shown_name
from data.queries.company_page import CompanyPage, Labelled, PageOffer, PagePlace
from domain.french import french_date
from domain.search import DISABLED_FIT_LABELS, MAX_LISTED_OCCUPATIONS, REMOTE_LABELS, DisabledFit
from domain.values import HEADCOUNTS, naf_division
from services.indexing import SearchEngine
from services.search import Coded, SearchHit


@dataclass(frozen=True, slots=True)
class Asked:
    """Codes of the skills that the address or the passport names; the hit, when a search led here."""

    skills: tuple[str, ...]
    hit: SearchHit | None
    scored: bool = True
    """Whether an occupation or a skill was asked, so that points say something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """Everything the template of an offer reads, beside the company."""

    name: str
    job: str
    """The company's own wording of the occupation."""
    occupation_label: str
    place: PagePlace
    offer: PageOffer | None
    hit: SearchHit | None
    reasons: tuple[Points, ...]
    points: int | None
    """Out of 100; None when neither an occupation nor a skill was asked."""
    skills_asked: bool
    matched: tuple[Coded, ...]
    to_learn: tuple[Coded, ...]
    without_skills: bool
    other_offers: tuple[Choice, ...]
    facts: tuple[tuple[str, str], ...]
    website: str
    website_label: str
    back: str
    ask_url: str
    """Where a request is written; empty for a « potentiel », which takes none."""
    fitting_url: str
    """Where an agent sees whom it fits; empty for a « potentiel »."""
    came_from_search: bool


def occupations_of(company: CompanyPage, engine: SearchEngine) -> dict[str, str]:
    """Labels of the occupations a company may be seen for: its offers', or its activity's."""
    if company.volunteer:
        return {offer.occupation.code: offer.occupation.label for offer in company.offers}
    occupations = engine.occupations
    division = occupations.division_position.get(naf_division(company.naf or ""))
    if division is None:
        return {}
    codes = [
        occupations.codes[at] for at in occupations.members(occupations.n_occupations + division).tolist()
    ]
    return {code: occupations.labels[code] for code in codes}


def build(
    company: CompanyPage,
    place: PagePlace,
    occupation: tuple[str, str],
    engine: SearchEngine,
    form: SearchForm,
    searched: Asked,
) -> OfferView:
    """The view of one occupation (code, label) of a company at a place, for what was asked."""
    hit = searched.hit
    rome, label = occupation
    offer = next((one for one in company.offers if one.occupation.code == rome), None)
    labels = engine.parts.skill_labels
    asked = engine.occupations.resolved(searched.skills)
    learnt = engine.occupations.to_learn(rome, asked, limit=12)
    known = engine.occupations.matched(rome, asked)
    website = company.website if company.website.startswith(("https://", "http://")) else ""
    return OfferView(
        name=shown_name(company.name),
        job=offer.label if offer else label,
        occupation_label=label,
        place=place,
        offer=offer,
        hit=hit,
        reasons=points_of(hit) if hit else (),
        points=total_of(hit) if hit and searched.scored else None,
        skills_asked=bool(searched.skills),
        matched=tuple(Coded(code, labels[code]) for code in known),
        to_learn=tuple(Coded(code, labels[code]) for code in learnt),
        without_skills=not learnt and not known,
        other_offers=tuple(_others(company, place, rome, form)),
        facts=tuple(_facts(company, offer)),
        website=website,
        website_label=urlsplit(website).netloc.removeprefix("www."),
        back=f"{form.url(page=form.page)}#resultats" if form.asks_something else "/recherche",
        ask_url=ask_url(offer.id, form.query(), place.id if len(company.places) > 1 else None)
        if offer
        else "",
        fitting_url=f"/accompagnement/offre/{offer.id}" if offer else "",
        came_from_search=form.asks_something,
    )


def _others(company: CompanyPage, place: PagePlace, rome: str, form: SearchForm) -> Iterator[Choice]:
    """Its other occupations, each with its page; the search goes along."""
    query = form.query()
    listed: list[Labelled] = [Labelled(one.occupation.code, one.label) for one in company.offers]
    listed += company.occupations
    for one in [one for one in listed if one.code != rome][: 2 * MAX_LISTED_OCCUPATIONS]:
        address = f"/entreprises/{company.siret}/{place.id}/{one.code}"
        yield Choice(one.label, f"{address}?{query}" if query else address)


def _facts(company: CompanyPage, offer: PageOffer | None) -> Iterator[tuple[str, str]]:
    if offer:
        yield "Lieu de travail", REMOTE_LABELS[offer.remote_mode]
    if company.naf_label:
        yield "Activité", company.naf_label
    if company.headcount != "NN":
        yield "Effectif", HEADCOUNTS[company.headcount]
    if company.fit_for_disabled_workers is not DisabledFit.NO:
        yield "Handicap", DISABLED_FIT_LABELS[company.fit_for_disabled_workers]
    if company.volunteer:
        audiences = [
            *(["adultes et jeunes en recherche"] if company.for_job_seekers else []),
            *(["élèves"] if company.for_pupils else []),
        ]
        yield "Accueille", capital(", ".join(audiences))
    if company.answers:
        yield "Réponses", company.answers
    if company.engaged:
        yield "Engagement", "Communauté « Les entreprises s’engagent »"
    since = "Fiche à jour le" if company.volunteer else "Vue dans un fichier public le"
    yield since, french_date(company.updated_at.date())
