"""What people type, found in the referentials: occupations, skills, places."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from data.queries.catalog import Catalog
from domain.values import Point, fold
from matching.labels import Entries, LabelIndex, spoken_forms

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
_SHORTENED = {"st": "saint", "ste": "sainte", "sts": "saints", "fd": "ferrand", "cx": "cedex"}
_ABOUT = frozenset(
    re.findall(
        "[a-z]+",
        "agglo agglomeration alentours autour banlieue cedex centre environs est gare metropole nord ouest "
        "pres quartier region secteur sud vers ville",
    )
)
"""Words that people write beside a commune, which a few names hold too."""
_PLACE_USUAL = 0.15
"""A large town is much more often meant than a village, unless the village is named exactly."""
_DISTRICT = re.compile(
    r"\b(paris|lyon|marseille)\s+0?(\d{1,2})\s?(?:e|er|[eè]me|è|°)?(?:\s+arr\w*\.?)?$", re.IGNORECASE
)
_OCCUPATION, _WORD, _APPELLATION, _RARE = 1.0, 0.8, 0.5, 0.2
"""Priors: an occupation's own name, an everyday word, a usual appellation, a rare one."""
_MACRO, _COMMON_SKILL = 0.2, 0.5
_LARGEST_TOWN = 2_500_000


@dataclass(frozen=True, slots=True)
class AppellationFound:
    """A way of saying an occupation; `appellation` is its OGR code, None for an everyday word."""

    label: str
    appellation: str | None
    rome: str
    rome_label: str


@dataclass(frozen=True, slots=True)
class SkillFound:
    """A skill; `kind` is `savoir_faire`, `savoir` or `savoir_etre`."""

    ogr: str
    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class PlaceFound:
    """A commune; `label` tells namesakes apart by their department."""

    label: str
    insee: str
    postal_codes: tuple[str, ...]
    point: Point


@dataclass(frozen=True, slots=True)
class Lookups:
    """Three look-ups, each with what its entries stand for, in the same order."""

    appellations: LabelIndex
    skills: LabelIndex
    places: LabelIndex
    found_appellations: Sequence[AppellationFound]
    found_skills: Sequence[SkillFound]
    found_places: Sequence[PlaceFound]


def find_appellations(lookups: Lookups, query: str, limit: int = DEFAULT_LIMIT) -> list[AppellationFound]:
    """Occupations by the ways they are said, best first; an occupation may come under several names."""
    found = [lookups.found_appellations[at] for at in lookups.appellations.search(query, 2 * limit)]
    return list({(fold(one.label), one.rome): one for one in reversed(found)}.values())[::-1][:limit]


def find_skills(lookups: Lookups, query: str, limit: int = DEFAULT_LIMIT) -> list[SkillFound]:
    """Skills, best first."""
    return [lookups.found_skills[at] for at in lookups.skills.search(query, limit)]


def find_places(lookups: Lookups, query: str, limit: int = DEFAULT_LIMIT) -> list[PlaceFound]:
    """Communes by name, postal code, « Ville (44) » or « Lyon 3e », best first."""
    query = _DISTRICT.sub(_in_full, query.strip())
    return [lookups.found_places[at] for at in lookups.places.search(query, limit)]


def _in_full(district: re.Match[str]) -> str:
    """« Paris 12 » → « Paris 12e arrondissement », as it is called."""
    number = int(district[2])
    return f"{district[1]} {number}{'er' if number == 1 else 'e'} arrondissement"


def build_lookups(catalog: Catalog) -> Lookups:
    """The look-ups of a catalog; a second of computing with the full ROME, safe in a thread."""
    appellations, said = _appellations(catalog)
    skills, known = _skills(catalog)
    places, communes = _places(catalog)
    return Lookups(appellations, skills, places, said, known, communes)


def _appellations(catalog: Catalog) -> tuple[LabelIndex, Sequence[AppellationFound]]:
    labels = {code: label for code, label, retired in catalog.occupations if not retired}
    found: list[AppellationFound] = []
    priors: list[float] = []
    for ogr, rome, label, rare, retired in sorted(catalog.appellations):
        if rome in labels and not retired:
            found.append(AppellationFound(label, ogr, rome, labels[rome]))
            priors.append(_OCCUPATION if label == labels[rome] else _RARE if rare else _APPELLATION)
    named = {(one.label, one.rome) for one in found}
    for rome, label in sorted(labels.items()):
        if (label, rome) not in named:
            found.append(AppellationFound(label, None, rome, label))
            priors.append(_OCCUPATION)
    for word, rome in sorted(catalog.words):
        if rome in labels:
            found.append(AppellationFound(word, None, rome, labels[rome]))
            priors.append(_WORD)
    texts = [(at, form) for at, one in enumerate(found) for form in spoken_forms(one.label)]
    codes = [(one.rome, at) for at, one in enumerate(found) if one.label == one.rome_label]
    return LabelIndex(Entries(texts, priors, codes, groups=[one.rome for one in found])), found


def _skills(catalog: Catalog) -> tuple[LabelIndex, Sequence[SkillFound]]:
    uses: dict[str, int] = {}
    for _, skill, _ in catalog.links:
        uses[skill] = uses.get(skill, 0) + 1
    most = math.log1p(max(uses.values(), default=1))
    found: list[SkillFound] = []
    priors: list[float] = []
    for code, label, kind, replaced_by, retired, is_macro, _ in sorted(catalog.skills, key=itemgetter(0)):
        if replaced_by is None and not retired:
            found.append(SkillFound(code, label, kind))
            usual = _COMMON_SKILL + (1 - _COMMON_SKILL) * math.log1p(uses.get(code, 0)) / most
            priors.append(_MACRO if is_macro else usual if code in uses else 0.0)
    texts = [(at, one.label) for at, one in enumerate(found)]
    return LabelIndex(Entries(texts, priors, [(one.ogr, at) for at, one in enumerate(found)])), found


def _places(catalog: Catalog) -> tuple[LabelIndex, Sequence[PlaceFound]]:
    found: list[PlaceFound] = []
    priors: list[float] = []
    texts: list[tuple[int, str]] = []
    codes: list[tuple[str, int]] = []
    rows = sorted(catalog.places, key=itemgetter(0))
    named = Counter(row[1] for row in rows)
    for at, row in enumerate(rows):
        insee, name, _, postal_codes, department, department_name, population, lat, lon = row
        found.append(PlaceFound(f"{name} ({department})", insee, tuple(postal_codes), Point(lat, lon)))
        priors.append(min(1.0, math.log1p(population) / math.log(_LARGEST_TOWN)))
        texts.append((at, name))
        if named[name] > 1:
            texts.append((at, f"{name} {department_name}"))
        own = () if f"{name} 1er Arrondissement" in named else postal_codes
        codes += [(code, at) for code in {*own, department}]
    entries = Entries(texts, priors, codes, _SHORTENED, faint=_ABOUT, usual=_PLACE_USUAL)
    return LabelIndex(entries), found
