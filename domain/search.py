"""What a search asks and what it answers: shapes and limits, no ranking (that is `matching/`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.values import Point

MAX_RADIUS_KM = 100
DEFAULT_RADIUS_KM = 30
MAX_PAGE_SIZE = 50
DEFAULT_PAGE_SIZE = 12
MAX_PAGE = 1000
MAX_SKILLS = 200
MAX_OCCUPATIONS = 50
MAX_LISTED_OCCUPATIONS = 5
"""A hit lists at most this many other occupations (a « potentiel » has dozens)."""
MAX_SEED = 2**31 - 1
WIDENED_RADII_KM = (50, 100)
"""Radii tried one after the other when nothing was found."""


class Objective(StrEnum):
    """The three aims a PMSMP may have (Code du travail, L5135-1)."""

    DISCOVER = "discover"
    CONFIRM = "confirm"
    RECRUIT = "recruit"


class Sort(StrEnum):
    """How hits are ordered; volunteers always come before « potentiels »."""

    RELEVANCE = "relevance"
    DISTANCE = "distance"
    RECENT = "recent"
    RESPONSIVE = "responsive"


class RemoteMode(StrEnum):
    """Where the work of an offer is done."""

    ON_SITE = "on_site"
    HYBRID = "hybrid"
    FULL_REMOTE = "full_remote"


class ContactMode(StrEnum):
    """How a company is reached; `none` is a « potentiel », which takes no request."""

    EMAIL = "email"
    PHONE = "phone"
    IN_PERSON = "in_person"
    NONE = "none"


class DisabledFit(StrEnum):
    """Whether a company fits disabled workers, and who says so."""

    CERTIFIED = "certified"
    DECLARED = "declared"
    NO = "no"


class Audience(StrEnum):
    """Whom a company wants to be found by."""

    JOB_SEEKERS = "job_seekers"
    PUPILS = "pupils"


OBJECTIVE_LABELS = {
    Objective.DISCOVER: "Découvrir un métier ou un secteur d’activité",
    Objective.CONFIRM: "Confirmer un projet professionnel",
    Objective.RECRUIT: "Initier une démarche de recrutement",
}
REMOTE_LABELS = {
    RemoteMode.ON_SITE: "Sur place",
    RemoteMode.HYBRID: "Sur place et à distance",
    RemoteMode.FULL_REMOTE: "À distance",
}
CONTACT_LABELS = {
    ContactMode.EMAIL: "Par e-mail",
    ContactMode.PHONE: "Par téléphone",
    ContactMode.IN_PERSON: "En se présentant sur place",
    ContactMode.NONE: "À contacter soi-même",
}
DISABLED_FIT_LABELS = {
    DisabledFit.CERTIFIED: "Entreprise reconnue accueillante pour les personnes handicapées",
    DisabledFit.DECLARED: "L’entreprise se dit accueillante pour les personnes handicapées",
    DisabledFit.NO: "Non précisé",
}
SORT_LABELS = {
    Sort.RELEVANCE: "Pertinence",
    Sort.DISTANCE: "Distance",
    Sort.RECENT: "Mises à jour récentes",
    Sort.RESPONSIVE: "Répondent le plus",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Each filter keeps the hits that have one of its values; empty or None keeps all."""

    naf: tuple[str, ...] = ()
    """NAF divisions (`56`) or sections (`I`)."""
    remote: tuple[RemoteMode, ...] = ()
    disabled_fit: tuple[DisabledFit, ...] = ()
    contact_modes: tuple[ContactMode, ...] = ()
    headcounts: tuple[str, ...] = ()
    """INSEE headcount codes (`domain.values.HEADCOUNTS`)."""
    engaged: bool | None = None
    audience: Audience | None = None
    volunteers_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteria:
    """One search. Without a place the whole country is searched; `today` decides who is paused.

    What was typed filters and ranks; `wishes` and `mobility_km` come from the passport and only rank.
    """

    today: date
    skills: tuple[str, ...] = ()
    rome: tuple[str, ...] = ()
    near: bool = False
    """Whether occupations near those asked count too."""
    wishes: tuple[str, ...] = ()
    """Occupations looked for in general; they count when `rome` is empty."""
    place: Point | None = None
    radius_km: float = DEFAULT_RADIUS_KM
    mobility_km: float | None = None
    """How far the person goes, when they said it; distances are judged against it."""
    objective: Objective | None = None
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    page_size: int = DEFAULT_PAGE_SIZE
    seed: int | None = None
    """What draws the order of hits that deserve the same place; None: the day."""
    company: int | None = None
    """Only the places of this company, however many others deserve better; None: everybody's."""


class Reason(NamedTuple):
    """Why a hit stands where it stands.

    `share` is what the term adds to the score, in [0, 1]; the shares of a hit add up to its score.
    """

    code: str
    text: str
    share: float


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many hits have this value, with its French label."""

    value: str
    label: str
    count: int


class Ranked(NamedTuple):
    """One hit as the ranking gives it: a company at a place, its best occupation first."""

    company_id: int
    place_id: int
    rome: str
    others: tuple[str, ...]
    distance_km: float | None
    score: float
    reasons: tuple[Reason, ...]
    matched: tuple[str, ...]
    """Codes of the skills asked that the occupation uses."""
    to_learn: tuple[str, ...]
    """Codes of the occupation's main skills that were not asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a company stood in a search: the value in [0, 1] of each term that applied, by code.

    `position` counts from 1, over all the pages.
    """

    terms: Mapping[str, float]
    position: int


@dataclass(frozen=True, slots=True)
class Ranking:
    """A page of hits in order, the number of all hits, facets by filter name.

    `weights` are those of the terms that apply to this search, by code, 1 together: a reason's share
    is its term's weight times the term's value. `seed` drew the order: another page asked with it
    neither repeats nor skips.
    """

    total: int
    hits: tuple[Ranked, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    weights: Mapping[str, float]
    seed: int
