"""What a search may ask, by body or by URL: the same names, the same limits."""

import math
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Request
from litestar.datastructures import State
from litestar.params import CookieParameter, FromQuery
from msgspec import Meta

from api.cookies import PASSPORT_COOKIE
from api.openapi import Code
from api.sentences import field_error
from data.queries.passports import PassportKey
from domain.errors import FieldError, InvalidInputError
from domain.roles import Actor
from domain.search import (
    DEFAULT_PAGE_SIZE,
    DEFAULT_RADIUS_KM,
    MAX_OCCUPATIONS,
    MAX_PAGE,
    MAX_PAGE_SIZE,
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
from domain.values import HEADCOUNTS, Point
from services.search import SearchQuery

Lat = Annotated[float, Meta(ge=-90, le=90, examples=[47.2184], description="Latitude, WGS84 degrees")]
Lon = Annotated[float, Meta(ge=-180, le=180, examples=[-1.5536], description="Longitude, WGS84 degrees")]
Radius = Annotated[
    float, Meta(gt=0, le=MAX_RADIUS_KM, examples=[30], description="Kilometres around the place")
]
Naf = Annotated[str, Meta(pattern="^(?:[0-9]{2}|[A-U])$", examples=["47"])]
Headcount = Annotated[str, Meta(pattern="^(?:NN|[0-5][0-9])$", examples=["11"])]
Page = Annotated[int, Meta(ge=1, le=MAX_PAGE, examples=[1])]
PageSize = Annotated[int, Meta(ge=1, le=MAX_PAGE_SIZE, examples=[12])]
Seed = Annotated[
    int,
    Meta(
        ge=0,
        le=MAX_SEED,
        examples=[9821],
        description="That of the first page's answer, so that the next ones neither repeat nor skip",
    ),
]
PassportId = Annotated[
    str,
    Meta(pattern="^[A-Za-z0-9_-]{43}$", examples=["3n0mXw9xv2Qq6n0b3d2mJ8b1cQ5yF7kLr4tUwZaBcDe"]),
]
Codes = Annotated[str, Meta(pattern="^[A-Za-z0-9]{0,12}(?:,[A-Za-z0-9]{1,12}){0,200}$", examples=["100023"])]
"""Codes by URL: repeat the parameter, or separate them by commas."""
_HALF_A_PLACE = "Donnez la latitude et la longitude ensemble."
_NOT_A_NUMBER = "Il faut ici un nombre."


class SearchBody(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One search. Everything is optional; without a place, the whole country is searched."""

    skills: Annotated[
        list[Code], Meta(max_length=MAX_SKILLS, description="OGR codes", examples=[["100023"]])
    ] = []
    passport: Annotated[PassportId | None, Meta(description="Opaque id of a skills passport")] = None
    rome: Annotated[
        list[Code], Meta(max_length=MAX_OCCUPATIONS, description="ROME codes", examples=[["D1106"]])
    ] = []
    appellations: Annotated[
        list[Code],
        Meta(max_length=MAX_OCCUPATIONS, description="OGR codes of appellations", examples=[["10200"]]),
    ] = []
    near: Annotated[bool, Meta(description="Near occupations count too", examples=[True])] = False
    lat: Lat | None = None
    lon: Lon | None = None
    radius_km: Radius = DEFAULT_RADIUS_KM
    objective: Annotated[
        Objective | None, Meta(description="Aim of the immersion", examples=["discover"])
    ] = None
    naf: Annotated[
        list[Naf], Meta(max_length=50, description="NAF divisions or sections", examples=[["47"]])
    ] = []
    remote: Annotated[list[RemoteMode], Meta(max_length=3, examples=[["on_site"]])] = []
    fit_for_disabled_workers: Annotated[list[DisabledFit], Meta(max_length=3, examples=[["certified"]])] = []
    contact_mode: Annotated[list[ContactMode], Meta(max_length=4, examples=[["email"]])] = []
    headcount: Annotated[
        list[Headcount],
        Meta(max_length=len(HEADCOUNTS), description="INSEE codes", examples=[["11", "12"]]),
    ] = []
    engaged: Annotated[bool | None, Meta(description="Les entreprises s’engagent", examples=[True])] = None
    audience: Annotated[Audience | None, Meta(examples=["job_seekers"])] = None
    volunteers_only: Annotated[bool, Meta(description="Leave the « potentiels » out", examples=[False])] = (
        False
    )
    sort: Annotated[Sort, Meta(examples=["relevance"])] = Sort.RELEVANCE
    page: Page = 1
    page_size: PageSize = DEFAULT_PAGE_SIZE
    seed: Seed | None = None


def provide_search_body(  # noqa: PLR0913 - one argument a parameter of the URL
    *,
    skills: FromQuery[list[Codes] | None] = None,
    rome: FromQuery[list[Codes] | None] = None,
    appellations: FromQuery[list[Codes] | None] = None,
    near: FromQuery[bool] = False,
    lat: FromQuery[Lat | None] = None,
    lon: FromQuery[Lon | None] = None,
    radius_km: FromQuery[Radius] = DEFAULT_RADIUS_KM,
    objective: FromQuery[Objective | None] = None,
    naf: FromQuery[list[Codes] | None] = None,
    remote: FromQuery[list[RemoteMode] | None] = None,
    fit_for_disabled_workers: FromQuery[list[DisabledFit] | None] = None,
    contact_mode: FromQuery[list[ContactMode] | None] = None,
    headcount: FromQuery[list[Codes] | None] = None,
    engaged: FromQuery[bool | None] = None,
    audience: FromQuery[Audience | None] = None,
    volunteers_only: FromQuery[bool] = False,
    sort: FromQuery[Sort] = Sort.RELEVANCE,
    page: FromQuery[Page] = 1,
    page_size: FromQuery[PageSize] = DEFAULT_PAGE_SIZE,
    seed: FromQuery[Seed | None] = None,
) -> SearchBody:
    """The search that a URL describes; raises `InvalidInputError` where a list is too long."""
    values = {name: value for name, value in locals().items() if value is not None}
    for name in ("skills", "rome", "appellations", "naf", "headcount"):
        values[name] = [code for part in values.get(name, []) for code in part.split(",") if code]
    try:
        return msgspec.convert(values, SearchBody)
    except msgspec.ValidationError as error:
        raise InvalidInputError((field_error("data", str(error)),)) from error


def to_query(body: SearchBody, now: datetime, held: PassportKey) -> SearchQuery:
    """The use case's question; the passport held serves where no skill is named.

    Raises `InvalidInputError` for half a place, or a coordinate that is no number.
    """
    serves = not body.skills and body.passport is None
    return SearchQuery(
        today=now.date(),
        skills=tuple(body.skills),
        passport=(held or None) if serves else body.passport,
        rome=tuple(body.rome),
        appellations=tuple(body.appellations),
        near=body.near,
        place=_place(body.lat, body.lon),
        radius_km=_finite("radius_km", body.radius_km),
        objective=body.objective,
        filters=Filters(
            naf=tuple(body.naf),
            remote=tuple(body.remote),
            disabled_fit=tuple(body.fit_for_disabled_workers),
            contact_modes=tuple(body.contact_mode),
            headcounts=tuple(body.headcount),
            engaged=body.engaged,
            audience=body.audience,
            volunteers_only=body.volunteers_only,
        ),
        sort=body.sort,
        page=body.page,
        page_size=body.page_size,
        seed=body.seed,
    )


def _place(lat: float | None, lon: float | None) -> Point | None:
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        raise InvalidInputError((FieldError("lat" if lat is None else "lon", _HALF_A_PLACE, "missing"),))
    return Point(_finite("lat", lat), _finite("lon", lon))


def _finite(name: str, value: float) -> float:
    """`nan` passes every comparison, so it passed the limits: refuse it here."""
    if not math.isfinite(value):
        raise InvalidInputError((FieldError(name, _NOT_A_NUMBER, "type"),))
    return value


ApiRequest = Request[Actor, object, State]
PassportCookie = Annotated[str | None, CookieParameter(name=PASSPORT_COOKIE, required=False)]
