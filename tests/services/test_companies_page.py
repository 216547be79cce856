"""The register's answer, the public page, and where a place is."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from clients.geocoding import Geocoded, Geocoder
from clients.sirene import Establishment, Sirene
from data.queries.places import Commune
from data.tables import communes, company_places
from domain.company import PlaceForm
from domain.errors import InvalidInputError, UnavailableError
from domain.values import Point
from services.companies import LookupOutcome, lookup, public_company
from services.placing import commune_of, geocode, pick
from services.registrations import prove
from tests.factories.companies import add_company, add_potentiel
from tests.factories.forms import NOW, a_form, an_identity, an_offer
from tests.factories.reference import skill
from tests.services.company_helpers import company, registered

FOUND = Establishment(
    siret="",
    name="DUPONT SARL",
    sign="Dupont Sarl",
    naf="10.71C",
    headcount="02",
    address="3 RUE DU PONT",
    postal_code="44000",
    city="NANTES",
    insee="44109",
    point=Point(47.2, -1.5),
    open=True,
    diffusible=True,
)


class Register(Sirene):
    """The client's own double: what it answers is given, or raised."""

    def __init__(self, answer: Establishment | UnavailableError | None) -> None:
        self._answer = answer

    async def find(self, siret: str) -> Establishment | None:  # noqa: ARG002 - the double knows one answer
        if isinstance(self._answer, UnavailableError):
            raise self._answer
        return self._answer


async def test_a_found_establishment_fills_the_form() -> None:
    found = await lookup(Register(FOUND), an_identity().siret)
    assert found.outcome is LookupOutcome.FOUND
    assert found.draft is not None
    assert found.draft.identity.custom_name == ""
    assert found.draft.place == PlaceForm(
        address="3 RUE DU PONT", postal_code="44000", city="NANTES", insee="44109", point=Point(47.2, -1.5)
    )


@pytest.mark.parametrize(
    ("answer", "outcome", "said"),
    [
        (None, LookupOutcome.UNKNOWN, "Remplissez la fiche vous-même"),
        (UnavailableError("x"), LookupOutcome.UNAVAILABLE, "ne répond pas"),
    ],
)
async def test_otherwise_the_person_types(
    answer: UnavailableError | None, outcome: LookupOutcome, said: str
) -> None:
    found = await lookup(Register(answer), an_identity().siret)
    assert (found.outcome, found.draft) == (outcome, None)
    assert said in found.message


async def test_a_siret_that_is_none_is_not_asked() -> None:
    with pytest.raises(InvalidInputError):
        await lookup(Register(FOUND), "123")


async def test_the_page_shows_nobody(reference: AsyncSession) -> None:
    form = a_form(offers=(an_offer(skills=(skill(13), skill(12))),))
    await prove(reference, await registered(reference, form), NOW)
    page = await public_company(reference, f" {form.identity.siret[:3]} {form.identity.siret[3:]}")
    assert page is not None
    assert page.naf_label == "Boulangerie et boulangerie-pâtisserie"
    assert (page.volunteer, page.occupations) == (True, ())
    (offer,) = page.offers
    assert offer.occupation.label == "Vendeur / Vendeuse en alimentation"
    assert [one.code for one in offer.skills] == [skill(13), skill(12)]
    text = repr(page)
    assert all(secret not in text for secret in ("ana@dupont.example", "+33142685300", "Ana Petit"))


async def test_the_page_of_a_potentiel_suggests_occupations(reference: AsyncSession) -> None:
    siret = an_identity().siret
    await add_potentiel(reference, siret=siret, naf="56.10A")
    page = await public_company(reference, siret)
    assert page is not None
    assert (page.volunteer, page.offers, page.naf_label) == (False, (), "Restauration traditionnelle")
    assert [one.code for one in page.occupations] == ["G1602", "G1803"]


async def test_a_sole_trader_is_not_named(reference: AsyncSession) -> None:
    siret = an_identity().siret
    company_id = await add_company(reference, siret=siret, diffusible=False, places=())
    exact = {"lat": 47.21843, "lon": -1.55362, "address": "3 rue du Pont", "postal_code": "44000"}
    await reference.execute(insert(company_places).values(company_id=company_id, city="Nantes", **exact))
    page = await public_company(reference, siret)
    assert page is not None
    assert (page.name, page.places[0].address, page.places[0].point) == (None, "", Point(47.22, -1.55))
    assert page.places[0].approximate


@pytest.mark.parametrize("gone", ["banned_at", "closed_at", "opted_out_at"])
async def test_no_page_for_what_is_gone(reference: AsyncSession, gone: str) -> None:
    siret = an_identity().siret
    values: dict[str, Any] = {"siret": siret, gone: NOW}
    await add_company(reference, **values)
    assert await public_company(reference, siret) is None


PARIS = [
    Commune("75056", "Paris", "commune", Point(48.8566, 2.3522), 2_100_000),
    Commune("75111", "Paris 11e Arrondissement", "arrondissement", Point(48.8594, 2.3789), 140_000),
]
RURAL = [
    Commune("57606", "Saint-Avold", "commune", Point(49.1, 6.7), 15_000),
    Commune("57193", "Diesen", "commune", Point(49.18, 6.67), 1_000),
]


@pytest.mark.parametrize(
    ("listed", "typed", "insee"),
    [
        (PARIS, "Paris", "75111"),
        (PARIS, "PARIS 11", "75111"),
        (RURAL, "ST AVOLD", "57606"),
        (RURAL, "St-Avold Cedex 2", "57606"),
        (RURAL, "diesen", "57193"),
        (RURAL, "Carling", None),
        ([], "Paris", None),
    ],
)
def test_communes_by_their_names(listed: Sequence[Commune], typed: str, insee: str | None) -> None:
    found = pick(listed, typed)
    assert (found.insee if found else None) == insee


@pytest.mark.parametrize(
    ("place", "insee"),
    [
        (PlaceForm(insee="57463", postal_code="44000", city="Nantes"), "57463"),
        (PlaceForm(insee="99999", postal_code="44000", city="Nantes"), "44109"),
        (PlaceForm(postal_code="44000", city="Le Bout-du-Monde"), "44109"),
        (PlaceForm(postal_code="44005", city="NANTES CEDEX 1"), "44109"),
        (PlaceForm(postal_code="97490", city="Saint Denis Cedex"), "97411"),
        (PlaceForm(postal_code="93999", city="St Denis"), "93066"),
        (PlaceForm(postal_code="57999", city="Nantes"), None),
        (PlaceForm(postal_code="20000", city="Ajaccio"), None),
    ],
)
async def test_the_commune_of_an_address(
    reference: AsyncSession, place: PlaceForm, insee: str | None
) -> None:
    found = await commune_of(reference, place)
    assert (found.insee if found else None) == insee


async def test_a_retired_commune_is_none(reference: AsyncSession) -> None:
    row = {"insee": "44900", "name": "Ancienne", "postal_codes": ["44999"], "department": "44"}
    await reference.execute(insert(communes).values(**row, lat=47, lon=-1, retired=True))
    assert await commune_of(reference, PlaceForm(insee="44900", postal_code="44999", city="Ancienne")) is None


class Streets(Geocoder):
    """The client's double: one answer."""

    def __init__(self, answer: Geocoded | None) -> None:
        self._answer = answer

    async def find(self, address: str, postal_code: str, city: str) -> Geocoded | None:  # noqa: ARG002
        return self._answer


DOOR = Geocoded(Point(47.2101, -1.5502), 0.92, "housenumber", "44109", "44000")


async def placed(session: AsyncSession) -> int:
    form = a_form()
    await prove(session, await registered(session, form), NOW)
    row = await company(session, form.identity.siret)
    query = select(company_places.c.id).where(company_places.c.company_id == row.id)
    return int((await session.execute(query)).scalar_one())


async def test_the_geocoder_refines_a_point_once(reference: AsyncSession) -> None:
    place_id = await placed(reference)
    assert await geocode(reference, Streets(DOOR), place_id)
    row = (await reference.execute(select(company_places).where(company_places.c.id == place_id))).one()
    assert (row.lat, row.lon, row.approximate) == (47.2101, -1.5502, False)
    assert not await geocode(reference, Streets(DOOR), place_id)
    assert not await geocode(reference, Streets(DOOR), place_id + 1)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Geocoded(DOOR.point, 0.3, "housenumber", "44109", "44000"),
        Geocoded(DOOR.point, 0.9, "municipality", "44109", "44000"),
        Geocoded(Point(48.8566, 2.3522), 0.9, "street", "75111", "75011"),
    ],
)
async def test_a_doubtful_answer_changes_nothing(reference: AsyncSession, answer: Geocoded | None) -> None:
    place_id = await placed(reference)
    assert not await geocode(reference, Streets(answer), place_id)
    row = (await reference.execute(select(company_places).where(company_places.c.id == place_id))).one()
    assert row.approximate
