"""Search: what was typed becomes criteria, the ranking becomes cards, and nothing found widens."""

from dataclasses import dataclass, field
from datetime import date

from data.queries.cards import Card
from domain.search import (
    DEFAULT_PAGE_SIZE,
    DEFAULT_RADIUS_KM,
    FacetValue,
    Filters,
    Objective,
    Reason,
    Sort,
)
from domain.values import Point


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """One search as a door received it: codes may be unknown, the passport is a browser's token.

    `today` decides who is paused; `radius_km` counts only with a `place`.
    """

    today: date
    skills: tuple[str, ...] = ()
    passport: str | None = None
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


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of a referential and its French label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHit:
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
    referential has, as typed. `page_size` times `page` may pass `total`.
    """

    total: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, tuple[FacetValue, ...]]
    widened: tuple[str, ...]
    unknown: tuple[str, ...]
    took_ms: float
    page: int
    page_size: int
