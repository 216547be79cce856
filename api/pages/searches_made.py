"""Searches made for a person, as lists show them: what was asked in words, and a link that asks it again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from litestar.datastructures import MultiDict

from api.pages.search_form import CHOSEN_POINT, SearchForm, parse
from data.queries.referrals import PersonSearch

_MANY = 2


@dataclass(frozen=True, slots=True)
class SearchMade:
    """One search: what was asked, its address, how many companies it found, when, and who made it."""

    words: str
    url: str
    total: int
    at: datetime
    by: str


def searches_made(found: Iterable[PersonSearch], labels: Mapping[str, str]) -> tuple[SearchMade, ...]:
    """Searches as lists show them; `labels` are those of occupations, by code."""
    return tuple(
        SearchMade(
            _words(parse(MultiDict(parse_qsl(one.query))), labels),
            f"/recherche?{one.query}",
            one.total,
            one.searched_at,
            one.by,
        )
        for one in found
    )


def _words(form: SearchForm, labels: Mapping[str, str]) -> str:
    """« boulanger, autour de Metz (57), 30 km, 2 filtres »."""
    named = [labels[code] for code in form.rome if code in labels]
    skills = len(form.competences)
    what = form.metier or " ou ".join(named[:_MANY])
    if not what and skills:
        what = f"{skills} savoir-faire"
    said = [what or "d’après le passeport"]
    if form.point:
        said.append("autour de la position choisie")
    elif form.lieu and form.lieu != CHOSEN_POINT:
        said.append(f"autour de {form.lieu}")
    if len(said) > 1:
        said.append(f"{form.rayon} km")
    if form.filter_count:
        said.append("1 filtre" if form.filter_count < _MANY else f"{form.filter_count} filtres")
    text = ", ".join(said)
    return text[:1].upper() + text[1:]
