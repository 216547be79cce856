"""A company's page, as anybody may see it: never an e-mail address, a phone number or a person's name."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import any_, func, select

from data.session import ReadSession
from data.tables import (
    companies,
    company_activity,
    company_places,
    naf_codes,
    naf_divisions,
    naf_rome,
    offers,
    rome_occupations,
    rome_skills,
    rome_words,
)
from domain.conditions import Conditions, conditions_of
from domain.search import MAX_LISTED_OCCUPATIONS, ContactMode, DisabledFit, RemoteMode
from domain.values import Point
from domain.waiting import answers_words

_c, _p, _o, _r, _s = companies.c, company_places.c, offers.c, rome_occupations.c, rome_skills.c
_a = company_activity.c
_HIDDEN_DECIMALS = 2
"""A sole trader who may not be shown by name is placed to about a kilometre, as on search hits."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A code of a referential and its French label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagePlace:
    """Where people are welcomed; `approximate`: the point is the commune's."""

    id: int
    address: str
    postal_code: str
    city: str
    point: Point | None
    approximate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageOffer:
    """A job to discover there; `label` is the company's wording, `occupation` the ROME's."""

    id: int
    occupation: Labelled
    appellation: str | None
    label: str
    remote_mode: RemoteMode
    skills: tuple[Labelled, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyPage:
    """What is shown of a company.

    `name` is None for a sole trader who may not be named. A `volunteer` registered itself and lists
    `offers`; a « potentiel » has none, and `occupations` are the first that its activity suggests.
    `paused_until` may be past: then it is available.
    """

    id: int
    siret: str
    name: str | None
    volunteer: bool
    naf: str | None
    naf_label: str
    headcount: str
    website: str
    additional_information: str
    conditions: Conditions
    contact_mode: ContactMode
    fit_for_disabled_workers: DisabledFit
    for_job_seekers: bool
    for_pupils: bool
    engaged: bool
    max_contacts_per_month: int
    paused_until: date | None
    updated_at: datetime
    places: tuple[PagePlace, ...]
    offers: tuple[PageOffer, ...]
    occupations: tuple[Labelled, ...]
    answers: str
    """How it answers, in French; empty when it has answered too few requests to say."""


async def company_page(session: ReadSession, siret: str) -> CompanyPage | None:
    """The page of a company that is open, neither banned nor opted out; four statements at most."""
    naf_label = func.coalesce(naf_codes.c.label, naf_divisions.c.label, "")
    query = (
        select(companies, naf_label.label("naf_label"), _a.asked, _a.answered, _a.delay_hours)
        .outerjoin(company_activity, _a.company_id == _c.id)
        .outerjoin(naf_codes, naf_codes.c.code == _c.naf)
        .outerjoin(naf_divisions, naf_divisions.c.code == _c.naf_division)
        .where(
            _c.siret == siret,
            _c.closed_at.is_(None),
            _c.banned_at.is_(None),
            _c.opted_out_at.is_(None),
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    volunteer = row.proof == "proved"
    return CompanyPage(
        id=row.id,
        siret=row.siret,
        name=(row.custom_name or row.name) if row.diffusible else None,
        volunteer=volunteer,
        naf=row.naf,
        naf_label=row.naf_label,
        headcount=row.headcount,
        website=row.website,
        additional_information=row.additional_information,
        conditions=conditions_of(row.conditions),
        contact_mode=ContactMode(row.contact_mode),
        fit_for_disabled_workers=DisabledFit(row.fit_for_disabled_workers),
        for_job_seekers=row.for_job_seekers,
        for_pupils=row.for_pupils,
        engaged=row.engaged,
        max_contacts_per_month=row.max_contacts_per_month,
        paused_until=row.next_availability_date,
        updated_at=row.updated_at,
        places=await _places(session, row.id, diffusible=row.diffusible),
        offers=await _offers(session, row.id) if volunteer else (),
        occupations=() if volunteer else await _occupations(session, row.naf_division),
        answers=answers_words(row.asked or 0, row.answered or 0, row.delay_hours or 0),
    )


async def _places(session: ReadSession, company_id: int, *, diffusible: bool) -> tuple[PagePlace, ...]:
    query = select(company_places).where(_p.company_id == company_id).order_by(_p.id)
    return tuple(_place(row, diffusible=diffusible) for row in await session.execute(query))


def _place(row: Any, *, diffusible: bool) -> PagePlace:  # noqa: ANN401 - a row of company_places
    point = None if row.lat is None else Point(row.lat, row.lon)
    if point and not diffusible:
        point = Point(round(point.lat, _HIDDEN_DECIMALS), round(point.lon, _HIDDEN_DECIMALS))
    return PagePlace(
        id=row.id,
        address=row.address if diffusible else "",
        postal_code=row.postal_code,
        city=row.city,
        point=point,
        approximate=row.approximate or not diffusible,
    )


async def _offers(session: ReadSession, company_id: int) -> tuple[PageOffer, ...]:
    skills = (
        select(func.json_agg(func.json_build_array(_s.code, _s.label)))
        .where(_s.code == any_(_o.skills))
        .correlate(offers)
        .scalar_subquery()
    )
    query = (
        select(offers, _r.label.label("occupation"), skills.label("skill_labels"))
        .join(rome_occupations, _r.code == _o.rome)
        .where(_o.company_id == company_id)
        .order_by(_o.id)
    )
    return tuple(_offer(row) for row in await session.execute(query))


def _offer(row: Any) -> PageOffer:  # noqa: ANN401 - a row of _offers
    labels = dict(row.skill_labels or ())
    return PageOffer(
        id=row.id,
        occupation=Labelled(row.rome, row.occupation),
        appellation=row.appellation,
        label=row.label,
        remote_mode=RemoteMode(row.remote_mode),
        skills=tuple(Labelled(code, labels[code]) for code in row.skills if code in labels),
        text=row.text,
    )


async def _occupations(session: ReadSession, division: str | None) -> tuple[Labelled, ...]:
    """The occupations of a division, those that people have most everyday words for first."""
    words = select(func.count()).where(rome_words.c.rome == _r.code).correlate(rome_occupations)
    query = (
        select(_r.code, _r.label)
        .join(naf_rome, naf_rome.c.rome == _r.code)
        .where(naf_rome.c.division == division, ~_r.retired)
        .order_by(words.scalar_subquery().desc(), _r.code)
        .limit(MAX_LISTED_OCCUPATIONS)
    )
    return tuple(Labelled(row.code, row.label) for row in await session.execute(query))
