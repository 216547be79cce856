"""`/api/v1/appellations|skills|places`: what people type, found in the referentials, best first."""

from typing import Annotated

import msgspec
from litestar import get
from litestar.openapi.spec import Example
from litestar.params import QueryParameter

from api.deps import SearchDep
from api.openapi import QUERY_PATTERN, problems, shown
from domain.roles import Right
from services.lookups import DEFAULT_LIMIT, MAX_LIMIT, find_appellations, find_places, find_skills

MAX_QUERY = 100

Query = Annotated[
    str,
    QueryParameter(
        name="q",
        min_length=1,
        max_length=MAX_QUERY,
        pattern=QUERY_PATTERN,
        examples=[Example(value="boulanger")],
        description="What was typed: accents, plural and one or two wrong letters do not matter",
    ),
]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="How many at most")]


class Appellation(msgspec.Struct):
    """A way of saying an occupation: an appellation of the ROME, or an everyday word."""

    label: Annotated[str, shown("Caissier / Caissière")]
    appellation: Annotated[str | None, shown("11573", "OGR code; null for an everyday word")]
    rome: Annotated[str, shown("D1505")]
    rome_label: Annotated[str, shown("Hôte / Hôtesse de caisse")]


class Skill(msgspec.Struct):
    """A skill of the ROME (or of the starter data)."""

    ogr: Annotated[str, shown("100023")]
    label: Annotated[str, shown("Abattre un arbre")]
    kind: Annotated[str, shown("savoir_faire", "savoir_faire, savoir or savoir_etre")]


class Place(msgspec.Struct):
    """A commune."""

    label: Annotated[str, shown("Nantes (44)")]
    insee: Annotated[str, shown("44109")]
    postal_codes: Annotated[list[str], shown(["44000", "44100"])]
    lat: Annotated[float, shown(47.2184)]
    lon: Annotated[float, shown(-1.5536)]


@get("/appellations", right=Right.ANYONE, responses=problems(), summary="Trouver un métier")
async def appellations(search: SearchDep, text: Query, limit: Limit = DEFAULT_LIMIT) -> list[Appellation]:
    """Occupations by the ways people say them."""
    return [
        Appellation(one.label, one.appellation, one.rome, one.rome_label)
        for one in find_appellations(search.lookups, text, limit)
    ]


@get("/skills", right=Right.ANYONE, responses=problems(), summary="Trouver une compétence")
async def skills(search: SearchDep, text: Query, limit: Limit = DEFAULT_LIMIT) -> list[Skill]:
    """Skills by their words."""
    return [Skill(one.ogr, one.label, one.kind) for one in find_skills(search.lookups, text, limit)]


@get("/places", right=Right.ANYONE, responses=problems(), summary="Trouver une commune")
async def places(search: SearchDep, text: Query, limit: Limit = DEFAULT_LIMIT) -> list[Place]:
    """Communes by name, postal code, or « Ville (44) »."""
    return [
        Place(one.label, one.insee, list(one.postal_codes), one.point.lat, one.point.lon)
        for one in find_places(search.lookups, text, limit)
    ]


HANDLERS = [appellations, skills, places]
