"""`/api/v1/companies`: register a company, prove its address, read its public card."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.params import JSONBody, PathParameter
from msgspec import Meta

from api.deps import ClientIpDep, CountersDep, NowDep, SessionDep, SettingsDep, SireneDep
from api.limits import limit_mails, limit_registrations
from api.openapi import LINE_PATTERN, TEXT_PATTERN, problems, shown
from data.queries.company_page import CompanyPage
from domain.company import (
    DEFAULT_QUOTA,
    MAX_ADDRESS,
    MAX_CITY,
    MAX_INFORMATION,
    MAX_NAME,
    MAX_PERSON,
    MAX_PLACES,
    MAX_QUOTA,
    CompanyForm,
    Contact,
    Identity,
    PlaceForm,
)
from domain.errors import NotFoundError
from domain.offer import MAX_LABEL, MAX_OFFER_SKILLS, MAX_OFFERS, MAX_TEXT, OfferForm
from domain.roles import Right
from domain.search import ContactMode, DisabledFit, RemoteMode
from domain.values import Point
from services import companies as company_services
from services import edits, registrations

MAX_URL = 300
MAX_EMAIL = 254
"""RFC 5321, 4.5.3.1.3: a path of 256 octets, its angle brackets included."""


def _line(limit: int, example: str, least: int = 0) -> Meta:
    return Meta(pattern=LINE_PATTERN, min_length=least, max_length=limit, examples=[example])


def _text(limit: int, example: str) -> Meta:
    return Meta(pattern=TEXT_PATTERN, max_length=limit, examples=[example])


Siret = Annotated[str, Meta(pattern="^[0-9]{14}$", examples=["99900440100017"])]
SiretPath = Annotated[str, PathParameter(pattern="^[0-9]{14}$", description="SIRET, 14 digits")]


class PlaceIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where people are welcomed; without a point, the commune's is taken, then the address's."""

    address: Annotated[str, _line(MAX_ADDRESS, "3 rue du Pont")] = ""
    postal_code: Annotated[str, Meta(pattern="^[0-9]{5}$", examples=["44000"])]
    city: Annotated[str, _line(MAX_CITY, "Nantes", 1)]
    insee: Annotated[str, Meta(pattern="^(?:[0-9]{2}|2[AB])[0-9]{3}$", examples=["44109"])] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90, examples=[47.2184])] | None = None
    lon: Annotated[float, Meta(ge=-180, le=180, examples=[-1.5536])] | None = None


class OfferIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A job to discover: a ROME code, and the company's own words for it."""

    rome: Annotated[str, Meta(pattern="^[A-N][0-9]{4}$", examples=["D1106"])]
    appellation: Annotated[str, Meta(pattern="^[0-9]{1,9}$", examples=["10200"])] | None = None
    label: Annotated[str, _line(MAX_LABEL, "Vendeuse en boulangerie")] = ""
    remote_mode: Annotated[RemoteMode, shown("on_site")] = RemoteMode.ON_SITE
    skills: Annotated[
        list[Annotated[str, Meta(pattern="^(?:[0-9]{1,9}|E[0-9]{4})$", examples=["100023"])]],
        Meta(max_length=MAX_OFFER_SKILLS, description="Skills wanted, never demanded"),
    ] = []
    text: Annotated[str, _text(MAX_TEXT, "Vous passerez une journée en boutique, une au fournil.")] = ""


class ContactIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Who answers candidates. The e-mail is asked in every mode: it is what gets proved."""

    mode: Annotated[ContactMode, shown("email")] = ContactMode.EMAIL
    name: Annotated[str, _line(MAX_PERSON, "Ana Petit", 1)]
    job: Annotated[str, _line(MAX_PERSON, "Gérante")] = ""
    email: Annotated[str, _line(MAX_EMAIL, "ana@boulangerie-du-pont.example", 3)]
    phone: Annotated[str, _line(30, "01 99 00 12 34")] = ""
    for_job_seekers: bool = True
    for_pupils: bool = False
    max_contacts_per_month: Annotated[int, Meta(ge=0, le=MAX_QUOTA, examples=[6])] = DEFAULT_QUOTA
    fit_for_disabled_workers: Annotated[DisabledFit, shown("declared")] = DisabledFit.NO


class CompanyIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A company's registration, whole."""

    siret: Siret
    name: Annotated[str, _line(MAX_NAME, "Boulangerie du Pont", 1)]
    custom_name: Annotated[str, _line(MAX_NAME, "Le Pont Doré")] = ""
    naf: Annotated[str, Meta(pattern=r"^(?:[0-9]{2}\.?[0-9]{2}[A-Z])?$", examples=["10.71C"])] = ""
    headcount: Annotated[str, Meta(pattern="^(?:NN|[0-5][0-9])$", examples=["02"])] = "NN"
    website: Annotated[str, _line(MAX_URL, "https://boulangerie-du-pont.example")] = ""
    additional_information: Annotated[str, _text(MAX_INFORMATION, "On vous accueille dès 6 h.")] = ""
    engaged: bool = False
    places: Annotated[list[PlaceIn], Meta(min_length=1, max_length=MAX_PLACES)]
    offers: Annotated[list[OfferIn], Meta(min_length=1, max_length=MAX_OFFERS)]
    contact: ContactIn


class Registered(msgspec.Struct):
    """What happens next: a link was sent to the address given; the company is found once it is used."""

    siret: Annotated[str, shown("99900440100017")]
    status: Annotated[str, shown("to_prove", "The address is to be proved by the link sent to it")]
    message: Annotated[str, shown("Ouvrez le lien envoyé à l’adresse indiquée.")]


class PlaceOut(msgspec.Struct):
    """A place of the company."""

    id: Annotated[int, shown(42)]
    address: Annotated[str, shown("3 rue du Pont")]
    postal_code: Annotated[str, shown("44000")]
    city: Annotated[str, shown("Nantes")]
    lat: Annotated[float | None, shown(47.2184)]
    lon: Annotated[float | None, shown(-1.5536)]
    approximate: Annotated[bool, shown(example=False, description="The point is the commune's")]


class OfferOut(msgspec.Struct):
    """A job to discover at the company."""

    rome: Annotated[str, shown("D1106")]
    label: Annotated[str, shown("Vendeuse en boulangerie")]
    remote_mode: Annotated[RemoteMode, shown("on_site")]


_CHECK_MAIL = (
    "Ouvrez le lien envoyé à l’adresse indiquée. L’entreprise sera visible aussitôt, "
    "ou après un regard de notre équipe."
)


def _form(data: JSONBody[CompanyIn]) -> CompanyForm:
    return CompanyForm(
        identity=Identity(
            siret=data.siret,
            name=data.name,
            custom_name=data.custom_name,
            naf=data.naf,
            headcount=data.headcount,
            website=data.website,
            additional_information=data.additional_information,
            engaged=data.engaged,
        ),
        places=tuple(_place(place) for place in data.places),
        offers=tuple(
            OfferForm(
                rome=offer.rome,
                appellation=offer.appellation or "",
                label=offer.label,
                remote_mode=offer.remote_mode,
                skills=tuple(offer.skills),
                text=offer.text,
            )
            for offer in data.offers
        ),
        contact=Contact(**msgspec.structs.asdict(data.contact)),
    )


def _place(place: PlaceIn) -> PlaceForm:
    point = None if place.lat is None or place.lon is None else Point(place.lat, place.lon)
    return PlaceForm(
        address=place.address,
        postal_code=place.postal_code,
        city=place.city,
        insee=place.insee or "",
        point=point,
    )


class CompanyOut(msgspec.Struct):
    """What anybody may know of a company; never an address or a number to reach a person."""

    siret: Annotated[str, shown("99900440100017")]
    name: Annotated[str | None, shown("Boulangerie du Pont", "None: may not be shown by its name")]
    volunteer: Annotated[bool, shown(example=True, description="false: a « potentiel »")]
    naf: Annotated[str | None, shown("10.71C")]
    naf_label: Annotated[str, shown("Boulangerie et boulangerie-pâtisserie")]
    headcount: Annotated[str, shown("02", "INSEE code")]
    website: Annotated[str, shown("https://boulangerie-du-pont.example")]
    additional_information: Annotated[str, shown("On vous accueille dès 6 h.")]
    contact_mode: Annotated[ContactMode, shown("email")]
    fit_for_disabled_workers: Annotated[DisabledFit, shown("declared")]
    engaged: Annotated[bool, shown(example=False)]
    for_job_seekers: Annotated[bool, shown(example=True)]
    for_pupils: Annotated[bool, shown(example=False)]
    updated_at: Annotated[datetime, shown("2026-11-02T08:00:00Z")]
    places: list[PlaceOut]
    offers: list[OfferOut]


class ProofIn(msgspec.Struct, forbid_unknown_fields=True):
    """The token of the link sent by mail."""

    token: Annotated[
        str, Meta(pattern="^[A-Za-z0-9_-]{20,64}$", examples=["Zx0mXw9xv2Qq6n0b3d2mJ8b1cQ5yF7kLr4tUwZaBcDe"])
    ]


class ProofOut(msgspec.Struct):
    """`published`: found by search; `to_check`: a person looks at it first."""

    siret: Annotated[str, shown("99900440100017")]
    status: Annotated[str, shown("published")]


class Said(msgspec.Struct):
    """A sentence for the person, the same whether the company is known or not."""

    message: Annotated[str, shown("Si l’entreprise est inscrite, un lien a été envoyé.")]


def _out(page: CompanyPage) -> CompanyOut:
    return CompanyOut(
        siret=page.siret,
        name=page.name,
        volunteer=page.volunteer,
        naf=page.naf,
        naf_label=page.naf_label,
        headcount=page.headcount,
        website=page.website,
        additional_information=page.additional_information,
        contact_mode=page.contact_mode,
        fit_for_disabled_workers=page.fit_for_disabled_workers,
        engaged=page.engaged,
        for_job_seekers=page.for_job_seekers,
        for_pupils=page.for_pupils,
        updated_at=page.updated_at,
        places=[
            PlaceOut(
                place.id,
                place.address,
                place.postal_code,
                place.city,
                place.point.lat if place.point else None,
                place.point.lon if place.point else None,
                place.approximate,
            )
            for place in page.places
        ],
        offers=[OfferOut(offer.occupation.code, offer.label, offer.remote_mode) for offer in page.offers],
    )


@post(
    "/companies",
    right=Right.ANYONE,
    status_code=202,
    responses=problems(403, 409, 413, 429),
    summary="Inscrire une entreprise",
)
async def register_company(  # noqa: PLR0913 - each is a dependency
    *,
    data: JSONBody[CompanyIn],
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    sirene: SireneDep,
    client_ip: ClientIpDep,
) -> Registered:
    """The whole form at once; a link goes to the address given, and using it makes the company found."""
    await limit_registrations(counters, settings, client_ip)
    await limit_mails(counters, settings, data.siret)
    answer = await company_services.lookup(sirene, data.siret)
    _, registration = await registrations.register(session, _form(data), now, answer)
    return Registered(registration.siret, registration.status, _CHECK_MAIL)


@post(
    "/companies/proof",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(403, 404, 409, 410),
    summary="Prouver l’adresse",
)
async def prove_company(data: JSONBody[ProofIn], session: SessionDep, now: NowDep) -> ProofOut:
    """Use the link sent by mail: the company is published, or waits for a person's look."""
    proved = await registrations.prove(session, data.token, now)
    return ProofOut(proved.siret, proved.status)


@get("/companies/{siret:str}", right=Right.ANYONE, responses=problems(404), summary="Une entreprise")
async def read_company(siret: SiretPath, session: SessionDep) -> CompanyOut:
    """What anybody may know of a company that is shown."""
    page = await company_services.public_company(session, siret)
    if page is None:
        raise NotFoundError("Cette entreprise n’est pas dans l’annuaire.")
    return _out(page)


@post(
    "/companies/{siret:str}/edit-link",
    right=Right.ANYONE,
    status_code=202,
    responses=problems(403, 429),
    summary="Demander le lien de modification",
)
async def ask_edit_link(
    siret: SiretPath, session: SessionDep, now: NowDep, settings: SettingsDep, counters: CountersDep
) -> Said:
    """Send the link to the address on file, if there is one; the answer does not tell."""
    await limit_mails(counters, settings, siret)
    await edits.request_edit(session, siret, now)
    return Said("Si l’entreprise est inscrite, un lien de modification a été envoyé à son adresse.")


@post(
    "/companies/{siret:str}/opt-out",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(403, 404, 409, 429),
    summary="Ne plus être proposée",
)
async def opt_out_company(
    *,
    siret: SiretPath,
    session: SessionDep,
    now: NowDep,
    settings: SettingsDep,
    counters: CountersDep,
    client_ip: ClientIpDep,
) -> Said:
    """A « potentiel » leaves for good; a company that registered itself uses its edit link instead."""
    await limit_registrations(counters, settings, client_ip)
    await company_services.opt_out(session, siret, now)
    return Said("L’entreprise n’est plus proposée.")


HANDLERS = [register_company, prove_company, read_company, ask_edit_link, opt_out_company]
