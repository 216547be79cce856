"""The Recherche d'entreprises API: an establishment by its SIRET.

`GET /search?q=SIRET` answers companies (`results`), each with its `siege` and the establishments that
match (`matching_etablissements`); states are `A` (open), `F` (closed establishment) and `C` (ceased
company); `statut_diffusion` is `O`, or `P` when part of the data is masked by `[NON-DIFFUSIBLE]`.
Source: recherche-entreprises.api.gouv.fr, and the code that answers (annuaire-entreprises-data-gouv-fr/
search-api, `app/service/formatters`), read on 2026-11-21.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from clients.http import JsonApi
from domain.company import is_on_earth
from domain.values import HEADCOUNTS, Point, clean_line, dotted_naf

_MASK = "[NON-DIFFUSIBLE]"
_LABEL = "L’annuaire des entreprises"


@dataclass(frozen=True, slots=True, kw_only=True)
class Establishment:
    """What the register says of an establishment; a masked or missing fact is empty.

    `naf` is dotted, `headcount` a code of `HEADCOUNTS`, `address` comes without postal code and city.
    """

    siret: str
    name: str
    sign: str
    naf: str
    headcount: str
    address: str
    postal_code: str
    city: str
    insee: str
    point: Point | None
    open: bool
    diffusible: bool


class Sirene:
    """The API's client, one for a process; `timeout_s` bounds a look-up, its retry included."""

    def __init__(self, base_url: str, timeout_s: float) -> None:
        self._api = JsonApi(base_url, _LABEL, timeout_s)

    async def find(self, siret: str) -> Establishment | None:
        """The establishment, None when the register has none; raises `UnavailableError` when it is down."""
        wanted = {"minimal": "true", "include": "siege,matching_etablissements", "per_page": "1"}
        answer = await self._api.get("/search", {"q": siret, **wanted})
        for company in _objects(answer.get("results")):
            for found in (*_objects(company.get("matching_etablissements")), *_objects(company.get("siege"))):
                if found.get("siret") == siret:
                    return _establishment(siret, company, found)
        return None

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()


def _objects(value: object) -> Iterable[Mapping[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    return (item for item in listed if isinstance(item, dict))


def _text(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    text = clean_line(value) if isinstance(value, str) else ""
    return "" if _MASK in text else text


def _sign(found: Mapping[str, Any]) -> str:
    """The name on the door: the first sign, else the trade name."""
    signs = found.get("liste_enseignes")
    listed = [text for text in signs if isinstance(text, str)] if isinstance(signs, list) else []
    first = clean_line(listed[0]) if listed else ""
    return _text(found, "nom_commercial") if first in {"", _MASK} else first


def _street(found: Mapping[str, Any], postal_code: str, city: str) -> str:
    """The address as printed, less the postal code and the city that end it."""
    address = _text(found, "adresse")
    head, separator, _ = address.rpartition(f" {postal_code} ")
    if postal_code and separator:
        return head
    return address.removesuffix(f" {city}") if city else address


def _point(found: Mapping[str, Any]) -> Point | None:
    try:
        point = Point(float(_text(found, "latitude")), float(_text(found, "longitude")))
    except ValueError:
        return None
    return point if is_on_earth(point) else None


def _establishment(siret: str, company: Mapping[str, Any], found: Mapping[str, Any]) -> Establishment:
    postal_code, city = _text(found, "code_postal"), _text(found, "libelle_commune")
    headcount = _text(found, "tranche_effectif_salarie")
    states = (_text(found, "etat_administratif"), _text(company, "etat_administratif"))
    masks = (_text(found, "statut_diffusion_etablissement"), _text(company, "statut_diffusion"))
    naf = _text(found, "activite_principale") or _text(company, "activite_principale")
    diffusible = "P" not in masks and "N" not in masks
    return Establishment(
        siret=siret,
        name=_text(company, "nom_complet"),
        sign=_sign(found),
        naf=dotted_naf(naf) or "",
        headcount=headcount if headcount in HEADCOUNTS else "NN",
        address=_street(found, postal_code, city),
        postal_code=postal_code,
        city=city,
        insee=_text(found, "commune"),
        point=_point(found) if diffusible else None,
        open=states[0] in {"", "A"} and states[1] in {"", "A"},
        diffusible=diffusible,
    )
