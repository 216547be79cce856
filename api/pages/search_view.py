"""The search page as its templates show it: hits, filters with their counts, messages, links."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from api.pages.points import Points, points_of, total_of
from api.pages.search_form import RADII_KM, SearchForm
from api.pages.search_typed import Choice, Message, Understood
from data.queries.cards import Card
from domain.search import (
    CONTACT_LABELS,
    DISABLED_FIT_LABELS,
    MAX_PAGE,
    MAX_RADIUS_KM,
    OBJECTIVE_LABELS,
    REMOTE_LABELS,
    SORT_LABELS,
    Audience,
    ContactMode,
    DisabledFit,
    FacetValue,
)
from services.lookups import SkillFound
from services.search import Coded, SearchHit, SearchPage

HIDDEN_NAME = "Entreprise individuelle (nom non diffusé)"
"""Shown for a sole trader who asked Insee not to be named (Code de commerce, A123-96)."""
AUDIENCE_LABELS = {
    Audience.JOB_SEEKERS: "Une personne en recherche d’emploi ou de projet",
    Audience.PUPILS: "Un ou une élève (mini-stage)",
}
_SWITCHES = {
    "volontaires": "Entreprises inscrites seulement",
    "engagee": "Communauté « Les entreprises s’engagent »",
}
_STATIC: dict[str, dict[Any, str]] = {
    "contact": {mode: label for mode, label in CONTACT_LABELS.items() if mode is not ContactMode.NONE},
    "handicap": {fit: label for fit, label in DISABLED_FIT_LABELS.items() if fit is not DisabledFit.NO},
    "teletravail": dict(REMOTE_LABELS),
}
_GROUPS = (
    ("contact", "contact_modes", "Se contacte"),
    ("handicap", "disabled_fit", "Handicap"),
    ("teletravail", "remote", "Lieu de travail"),
    ("effectif", "headcounts", "Effectif"),
    ("secteur", "naf", "Secteur d’activité"),
)
"""Parameter of the page, name of the facet, legend."""
_FEW = 5
_SAID = 2
"""Reasons said on a hit; its panel has them all."""
_TOLD = {"distance", "room"}
"""Reasons that a hit tells beside its place, and in its last line."""
_KM = "à "
"""How a reason that only tells the kilometres begins."""
_LINKED_PAGES = 2
"""Pages linked on either side of the current one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """One hit on the page.

    `points` is its score out of 100, None when neither an occupation nor a skill was asked. `reasons` are
    all of them, their points adding up to the score; `said` are the words of the main ones, without the
    distance, which stands beside the place.
    """

    number: int
    name: str
    url: str
    ask_url: str
    """Where a request to it is written; empty for a « potentiel », which takes none."""
    points: int | None
    card: Card
    volunteer: bool
    offer_label: str
    others: tuple[Coded, ...]
    distance_km: float | None
    reasons: tuple[Points, ...]
    said: tuple[str, ...]
    skills_asked: bool
    matched: tuple[Coded, ...]
    to_learn: tuple[Coded, ...]
    availability: str


@dataclass(frozen=True, slots=True)
class Section:
    """Hits in a row that are all volunteers, or all « potentiels »."""

    volunteers: bool
    hits: tuple[HitView, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a filter; `count` is None when nothing was searched."""

    value: str
    label: str
    count: int | None
    checked: bool


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """A filter of several values."""

    name: str
    legend: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """Everything the templates of the search page read, beside the form and the page of hits."""

    title: str
    count_label: str
    radii: tuple[int, ...]
    place: Any
    place_label: str
    chosen_occupations: tuple[Coded, ...]
    chosen_skills: tuple[Coded, ...]
    skill_proposals: tuple[SkillFound, ...]
    skill_unknown: bool
    skills_open: bool
    messages: tuple[Message, ...]
    sections: tuple[Section, ...]
    filter_groups: tuple[FilterGroup, ...]
    active_filters: tuple[Choice, ...]
    few: bool
    """So few hits that ways to have more are shown."""
    ways_out: tuple[Choice, ...]
    sorts: Mapping[Any, str]
    objectives: Mapping[Any, str]
    audiences: Mapping[Any, str]
    pages: tuple[int | None, ...]
    last_page: int


def build(read: Understood, page: SearchPage | None, labels: Mapping[str, str]) -> SearchView:
    """The view of a search; `labels` are those of the occupations."""
    form = read.form
    last_page = 1 if page is None else min(MAX_PAGE, max(1, -(-page.total // page.page_size)))
    groups = tuple(_groups(form, page))
    return SearchView(
        title=_title(read),
        count_label="" if page is None else _count(read, page),
        radii=tuple(sorted({*RADII_KM, form.rayon})),
        place=read.place,
        place_label=read.place_label,
        chosen_occupations=tuple(Coded(code, labels[code]) for code in form.rome if code in labels),
        chosen_skills=read.skills,
        skill_proposals=read.proposals,
        skill_unknown=bool(form.q_competence) and not read.proposals and not read.skills,
        skills_open=bool(read.skills or form.q_competence or not form.asks_something),
        messages=read.messages,
        sections=() if page is None else _sections(read, page),
        filter_groups=groups,
        active_filters=tuple(_active(form, groups)),
        few=page is not None and 0 < page.total < _FEW,
        ways_out=tuple(_ways_out(form, tried=page is not None and bool(page.widened))),
        sorts=SORT_LABELS,
        objectives=OBJECTIVE_LABELS,
        audiences=AUDIENCE_LABELS,
        pages=_page_numbers(form.page, last_page),
        last_page=last_page,
    )


def shown_name(name: str | None) -> str:
    """The name of a company, or what is said of one that may not be named."""
    return name or HIDDEN_NAME


def ask_url(offer_id: int | None, query: str, place_id: int | None = None) -> str:
    """Where a request for an offer is written, the search and the place seen going along.

    Empty without an offer.
    """
    if offer_id is None:
        return ""
    along = "&".join(part for part in (query, f"place={place_id}" if place_id else "") if part)
    return f"/demande/{offer_id}?{along}" if along else f"/demande/{offer_id}"


def _where(read: Understood) -> str:
    if not read.place_label:
        return ""
    return f" autour de {read.place_label}" if not read.form.point else " autour de la position choisie"


def _title(read: Understood) -> str:
    what = read.occupation_label or ("Mes savoir-faire" if read.skills else "")
    if not (what or read.place_label):
        return "Rechercher une entreprise d’accueil"
    title = f"{what or 'Immersions'}{_where(read)}"
    return title if read.form.page == 1 else f"{title} (page {read.form.page})"


def _count(read: Understood, page: SearchPage) -> str:
    noun = "entreprise" if page.total < 2 else "entreprises"  # noqa: PLR2004 - French plural
    number = f"{page.total:,}".replace(",", "\u202f") if page.total else "Aucune"
    what = f" pour « {read.occupation_label} »" if read.occupation_label else ""
    return f"{number} {noun}{what}{_where(read)}"


def _sections(read: Understood, page: SearchPage) -> tuple[Section, ...]:
    first = (page.page - 1) * page.page_size + 1
    read = replace(read, form=replace(read.form, tirage=page.seed))
    views = [_hit(read, hit, first + at) for at, hit in enumerate(page.hits)]
    parts = [Section(kind, tuple(view for view in views if view.volunteer is kind)) for kind in (True, False)]
    return tuple(part for part in parts if part.hits)


def _hit(read: Understood, hit: SearchHit, number: int) -> HitView:
    query = read.form.query()
    address = f"/entreprises/{hit.card.siret}/{hit.card.place_id}/{hit.occupation.code}"
    reasons = points_of(hit)
    asked = next((one.id for one in hit.card.offers if one.rome == hit.occupation.code), None)
    return HitView(
        number=number,
        name=shown_name(hit.card.name),
        url=f"{address}?{query}" if query else address,
        ask_url=ask_url(asked, query, hit.card.place_id) if hit.volunteer else "",
        points=total_of(hit) if read.scored else None,
        card=hit.card,
        volunteer=hit.volunteer,
        offer_label=hit.offer_label,
        others=hit.others,
        distance_km=hit.distance_km,
        reasons=reasons,
        said=_said(hit, reasons),
        skills_asked=bool(read.skills or read.from_passport.skills),
        matched=hit.matched,
        to_learn=hit.to_learn,
        availability=hit.availability,
    )


def _said(hit: SearchHit, reasons: tuple[Points, ...]) -> tuple[str, ...]:
    """The words of the main reasons, in their order, but for what the hit tells elsewhere."""
    others = [
        at
        for at, one in enumerate(hit.reasons)
        if one.code not in _TOLD or (one.code == "distance" and not one.text.startswith(_KM))
    ]
    main = sorted(others, key=lambda at: -hit.reasons[at].share)[:_SAID]
    return tuple(reasons[at].text for at in sorted(main))


def _groups(form: SearchForm, page: SearchPage | None) -> Iterator[FilterGroup]:
    yield FilterGroup(
        "volontaires",
        "Entreprises",
        (Option("1", _SWITCHES["volontaires"], None, form.volontaires),),
    )
    for name, facet, legend in _GROUPS:
        options = tuple(_options(form, name, None if page is None else page.facets.get(facet, ())))
        if options:
            yield FilterGroup(name, legend, options)
    yield FilterGroup("engagee", "Engagement", (Option("1", _SWITCHES["engagee"], None, form.engagee),))


def _options(form: SearchForm, name: str, facet: tuple[FacetValue, ...] | None) -> Iterator[Option]:
    """The values found, with their counts; those asked that find nothing; all when nothing is searched."""
    asked = {str(value) for value in getattr(form, name)}
    fixed = {str(value): label for value, label in _STATIC.get(name, {}).items()}
    counted = {one.value: one for one in facet or ()}
    known = fixed or {one.value: one.label for one in counted.values()}
    missing = asked - {code for value in known for code in value.split(",")}
    for value, label in [*known.items(), *((code, code) for code in sorted(missing))]:
        checked = set(value.split(",")) <= asked
        count = None if facet is None else counted[value].count if value in counted else 0
        if checked or count != 0:
            yield Option(value, label, count, checked)


def _active(form: SearchForm, groups: tuple[FilterGroup, ...]) -> Iterator[Choice]:
    """One link a filter in use, which takes it off."""
    for group in groups:
        for option in group.options:
            if not option.checked:
                continue
            off: Any = False
            if group.name not in _SWITCHES:
                gone = set(option.value.split(","))
                off = tuple(value for value in getattr(form, group.name) if str(value) not in gone)
            yield Choice(option.label, form.url(**{group.name: off}))
    if form.objectif:
        yield Choice(OBJECTIVE_LABELS[form.objectif], form.url(objectif=None))
    if form.public:
        yield Choice(AUDIENCE_LABELS[form.public], form.url(public=None))


def _ways_out(form: SearchForm, *, tried: bool) -> Iterator[Choice]:
    """What may find more, the smallest change first; `tried`: the search widened by itself already."""
    if form.filter_count:
        yield Choice("Retirer les filtres", form.without_filters().url())
    if not tried and form.rayon < MAX_RADIUS_KM and (form.lieu or form.insee or form.point):
        yield Choice(f"Chercher jusqu’à {MAX_RADIUS_KM} km", form.url(rayon=MAX_RADIUS_KM))
    if not tried and not form.proches:
        yield Choice("Ajouter les métiers proches", form.url(proches=True))
    if form.lieu or form.insee or form.point:
        yield Choice("Chercher dans toute la France", form.url(lieu="", insee="", point=None))


def _page_numbers(current: int, last: int) -> tuple[int | None, ...]:
    """The pages to link: the first, the last, those around the current one; None stands for a gap."""
    near = range(current - _LINKED_PAGES, current + _LINKED_PAGES + 1)
    shown = sorted({1, last, *(number for number in near if 1 <= number <= last)})
    numbers: list[int | None] = []
    for number in shown:
        if numbers and numbers[-1] is not None and number > numbers[-1] + 1:
            numbers.append(None)
        numbers.append(number)
    return tuple(numbers)
