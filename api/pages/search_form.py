"""What the search page was asked: its GET parameters, read leniently, and written back as links.

A person may have typed or shortened the address: what cannot be read is left out, never an error.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import urlencode

from litestar.datastructures import MultiDict

from domain.search import (
    DEFAULT_RADIUS_KM,
    MAX_OCCUPATIONS,
    MAX_PAGE,
    MAX_RADIUS_KM,
    MAX_SEED,
    MAX_SKILLS,
    Audience,
    ContactMode,
    DisabledFit,
    Filters,
    Objective,
    RemoteMode,
    Sort,
)
from domain.values import HEADCOUNTS, INSEE_PATTERN, ROME_PATTERN, SKILL_PATTERN, Point, clean_line

RADII_KM = (5, 10, 20, 30, 50, 100)
MAX_TYPED = 200
"""Characters kept of what was typed in a field."""
CHOSEN_POINT = "Position choisie"
"""What the field of the place says when the point came from the device, or from a link."""
_NAF = r"[0-9]{2}|[A-U]"
_ON = "1"
_POINT_DECIMALS = 2
"""A position is kept to about a kilometre: enough to search around, too little to say where one lives."""

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchForm:
    """One search page as asked: texts as typed, codes of the right shape, choices that exist."""

    metier: str = ""
    rome: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    q_competence: str = ""
    lieu: str = ""
    insee: str = ""
    point: Point | None = None
    rayon: int = DEFAULT_RADIUS_KM
    proches: bool = False
    objectif: Objective | None = None
    secteur: tuple[str, ...] = ()
    contact: tuple[ContactMode, ...] = ()
    handicap: tuple[DisabledFit, ...] = ()
    teletravail: tuple[RemoteMode, ...] = ()
    effectif: tuple[str, ...] = ()
    engagee: bool = False
    public: Audience | None = None
    volontaires: bool = False
    sans_passeport: bool = False
    tri: Sort = Sort.RELEVANCE
    page: int = 1
    tirage: int | None = None
    """Seed of the visit's first page: the next ones neither repeat nor skip, even past midnight."""

    @property
    def asks_something(self) -> bool:
        """Whether there is anything to search for."""
        return bool(
            self.metier or self.rome or self.competences or self.lieu or self.insee or self.point,
        )

    @property
    def filter_count(self) -> int:
        """How many filters are on."""
        lists = (self.secteur, self.contact, self.handicap, self.teletravail, self.effectif)
        ones = (self.objectif, self.public, self.engagee, self.volontaires)
        return sum(len(values) for values in lists) + sum(bool(value) for value in ones)

    def filters(self) -> Filters:
        """The filters of the search."""
        return Filters(
            naf=self.secteur,
            remote=self.teletravail,
            disabled_fit=self.handicap,
            contact_modes=self.contact,
            headcounts=self.effectif,
            engaged=self.engagee or None,
            audience=self.public,
            volunteers_only=self.volontaires,
        )

    def without_filters(self) -> "SearchForm":
        """The same search, every filter off, from its first page."""
        blank = SearchForm()
        names = ("objectif", "secteur", "contact", "handicap", "teletravail", "effectif", "engagee", "public")
        kept: Mapping[str, Any] = {name: getattr(blank, name) for name in (*names, "volontaires")}
        return replace(self, page=1, tirage=None, **kept)

    def query(self) -> str:
        """The query string of this search, defaults left out; a change of it starts from the first page."""
        pairs: list[tuple[str, str]] = []
        for name in self.__slots__:
            value = getattr(self, name)
            if value == getattr(_BLANK, name):
                continue
            if isinstance(value, Point):
                pairs += [("lat", f"{value.lat:g}"), ("lon", f"{value.lon:g}")]
            elif isinstance(value, tuple):
                pairs += [(name, str(one)) for one in value]
            else:
                pairs.append((name, _ON if value is True else str(value)))
        return urlencode(pairs)

    def url(self, **changes: Any) -> str:  # noqa: ANN401 - fields of this class
        """The address of this page with some fields changed, back to a new first page unless said."""
        first = {} if "page" in changes else {"page": 1, "tirage": None}
        query = replace(self, **(first | changes)).query()
        return f"/recherche?{query}" if query else "/recherche"


_BLANK = SearchForm()


def _coded(values: Iterable[str], pattern: str, most: int) -> tuple[str, ...]:
    codes = (part.strip().upper() for value in values for part in value.split(","))
    return tuple(dict.fromkeys(code for code in codes if re.fullmatch(pattern, code)))[:most]


def _choices(values: Iterable[str], kind: type[E]) -> tuple[E, ...]:
    known = {str(one): one for one in kind}
    return tuple(dict.fromkeys(known[value] for value in values if value in known))


def _number(text: str, low: int, high: int, default: int) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        return default
    return min(high, max(low, int(text)))


def _seed(text: str) -> int | None:
    known = re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= MAX_SEED
    return int(text) if known else None


def _point(lat: str, lon: str) -> Point | None:
    try:
        point = Point(round(float(lat), _POINT_DECIMALS), round(float(lon), _POINT_DECIMALS))
    except (ValueError, OverflowError):
        return None
    on_earth = abs(point.lat) <= 90 and abs(point.lon) <= 180  # noqa: PLR2004 - degrees
    return point if on_earth and math.isfinite(point.lat) else None


def parse(parameters: MultiDict[str]) -> SearchForm:
    """The search that the parameters of an address describe."""

    def texts(name: str) -> list[str]:
        return parameters.getall(name, [])

    def text(name: str) -> str:
        return clean_line(next(iter(texts(name)), ""))[:MAX_TYPED]

    lieu = text("lieu")
    cleared = "lieu" in parameters and not lieu
    insee = "" if cleared else text("insee").upper()
    return SearchForm(
        metier=text("metier"),
        rome=_coded(texts("rome"), ROME_PATTERN, MAX_OCCUPATIONS),
        competences=_coded(texts("competences"), SKILL_PATTERN, MAX_SKILLS),
        q_competence=text("q_competence"),
        lieu=lieu,
        insee=insee if re.fullmatch(INSEE_PATTERN, insee) else "",
        point=_point(text("lat"), text("lon")) if lieu in ("", CHOSEN_POINT) and not cleared else None,
        rayon=_number(text("rayon"), 1, MAX_RADIUS_KM, DEFAULT_RADIUS_KM),
        proches=text("proches") == _ON,
        objectif=next(iter(_choices(texts("objectif"), Objective)), None),
        secteur=_coded(texts("secteur"), _NAF, 50),
        contact=_choices(texts("contact"), ContactMode),
        handicap=_choices(texts("handicap"), DisabledFit),
        teletravail=_choices(texts("teletravail"), RemoteMode),
        effectif=tuple(code for code in HEADCOUNTS if code in ",".join(texts("effectif")).split(",")),
        engagee=text("engagee") == _ON,
        public=next(iter(_choices(texts("public"), Audience)), None),
        volontaires=text("volontaires") == _ON,
        sans_passeport=text("sans_passeport") == _ON,
        tri=next(iter(_choices(texts("tri"), Sort)), Sort.RELEVANCE),
        page=_number(text("page"), 1, MAX_PAGE, 1),
        tirage=_seed(text("tirage")),
    )
