"""What a search hit shows: one SQL by key. Never an e-mail address, a phone number or a person's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, bindparam, case, cast, func, select

from data.session import ReadSession
from data.tables import companies, company_activity, company_places, naf_codes, naf_divisions, offers
from domain.search import ContactMode, DisabledFit, RemoteMode
from domain.waiting import answers_words


@dataclass(frozen=True, slots=True)
class CardOffer:
    """One offer as its company worded it; `appellation` is an OGR code, when one was chosen."""

    id: int
    rome: str
    label: str
    appellation: str | None
    remote_mode: RemoteMode


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, weakref_slot=True)
class Card:
    """A company at one of its places, as anybody may see it; equal to itself alone, for what is kept of it.

    `name` is the custom name or the registered one; None for a sole trader who may not be shown by
    name, whose address is then empty and whose point is rounded to about a kilometre.
    """

    place_id: int
    company_id: int
    siret: str
    name: str | None
    naf: str | None
    naf_label: str
    headcount: str
    website: str
    additional_information: str
    contact_mode: ContactMode
    fit_for_disabled_workers: DisabledFit
    engaged: bool
    for_job_seekers: bool
    for_pupils: bool
    max_contacts_per_month: int
    address: str
    postal_code: str
    city: str
    lat: float
    lon: float
    approximate: bool
    updated_on: date
    offers: tuple[CardOffer, ...]
    answers: str = ""
    """How the company answers, in French; empty when it has answered too few requests to say."""


_HIDDEN_DECIMALS = 2
_c, _p, _o, _a = companies.c, company_places.c, offers.c, company_activity.c


def _point(column: Any) -> Any:  # noqa: ANN401 - a column expression
    return case(
        (_c.diffusible, column), else_=func.round(column * 10**_HIDDEN_DECIMALS) / 10**_HIDDEN_DECIMALS
    )


_OFFERS = (
    select(
        func.json_agg(
            func.json_build_array(_o.id, _o.rome, _o.label, _o.appellation, _o.remote_mode),
        ),
    )
    .where(_o.company_id == _c.id)
    .correlate(companies)
    .scalar_subquery()
)

_CARDS = (
    select(
        _p.id,
        _c.id,
        _c.siret,
        case((_c.diffusible, func.coalesce(func.nullif(_c.custom_name, ""), _c.name))),
        _c.naf,
        func.coalesce(naf_codes.c.label, naf_divisions.c.label, ""),
        _c.headcount,
        _c.website,
        _c.additional_information,
        _c.contact_mode,
        _c.fit_for_disabled_workers,
        _c.engaged,
        _c.for_job_seekers,
        _c.for_pupils,
        _c.max_contacts_per_month,
        case((_c.diffusible, _p.address), else_=""),
        _p.postal_code,
        _p.city,
        _point(_p.lat),
        _point(_p.lon),
        _p.approximate,
        cast(func.timezone("UTC", _c.updated_at), companies.c.next_availability_date.type),
        _OFFERS,
        func.coalesce(_a.asked, 0),
        func.coalesce(_a.answered, 0),
        func.coalesce(_a.delay_hours, 0),
    )
    .select_from(
        company_places.join(companies, _p.company_id == _c.id)
        .outerjoin(naf_codes, naf_codes.c.code == _c.naf)
        .outerjoin(naf_divisions, naf_divisions.c.code == _c.naf_division)
        .outerjoin(company_activity, _a.company_id == _c.id),
    )
    .where(_p.id == any_(cast(bindparam("places"), ARRAY(BigInteger))), _p.lat.is_not(None))
)


async def cards(session: ReadSession, places: Sequence[int]) -> dict[int, Card]:
    """Cards by place id. A place that is gone since the index was read has no card."""
    if not places:
        return {}
    rows = await session.execute(_CARDS, {"places": list(places)})
    return {row[0]: _card(row) for row in rows}


def _card(row: Any) -> Card:  # noqa: ANN401 - a row of _CARDS
    listed = [
        CardOffer(one, rome, label, ogr, RemoteMode(mode)) for one, rome, label, ogr, mode in row[22] or ()
    ]
    return Card(
        place_id=row[0],
        company_id=row[1],
        siret=row[2],
        name=row[3],
        naf=row[4],
        naf_label=row[5],
        headcount=row[6],
        website=row[7],
        additional_information=row[8],
        contact_mode=ContactMode(row[9]),
        fit_for_disabled_workers=DisabledFit(row[10]),
        engaged=row[11],
        for_job_seekers=row[12],
        for_pupils=row[13],
        max_contacts_per_month=row[14],
        address=row[15],
        postal_code=row[16],
        city=row[17],
        lat=row[18],
        lon=row[19],
        approximate=row[20],
        updated_on=row[21],
        offers=tuple(sorted(listed, key=lambda offer: (offer.rome, offer.label))),
        answers=answers_words(row[23], row[24], row[25]),
    )
