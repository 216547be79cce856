"""An agency registers or is claimed; look-alikes are shown first; the register fills the form."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sirene import Sirene
from domain.agency_form import AgencyForm
from domain.errors import ConflictError, InvalidInputError, NotFoundError, SignInError
from domain.roles import NOBODY, Actor, Role
from services.agencies import claim, register
from services.agencies.registering import KnownAgencyError, claimable, prefilled
from tests.clients.http_server import Answer, serve
from tests.clients.test_sirene import answer as register_says
from tests.factories.companies import a_siret
from tests.factories.people import add_active_agency, add_agency, add_user
from tests.services.agency_helpers import FORM, NOW, agency, audited, jobs, roles, settle

VALIDATOR = (Role.VALIDATOR,)


@pytest.fixture
async def lea(reference: AsyncSession) -> Actor:
    return Actor(user=await add_user(reference))


async def test_a_registered_agency_waits_with_its_first_admin(reference: AsyncSession, lea: Actor) -> None:
    number = await register(reference, lea, FORM, VALIDATOR, NOW)
    await settle(reference)
    row = await agency(reference, number)
    assert (row.status, row.source, row.insee, row.departments) == ("to_review", "form", "44109", ["44"])
    assert (row.lat, row.lon) == (47.2184, -1.5536), "its commune's until the address is found"
    assert await roles(reference, number) == {lea.user: {"agency_admin", "validator"}}
    assert await jobs(reference) == ["agency.registered_mail", "agency.geocode"]
    assert await audited(reference) == ["agency.registered"]


async def test_nobody_registers_without_an_account(reference: AsyncSession) -> None:
    with pytest.raises(SignInError):
        await register(reference, NOBODY, FORM, VALIDATOR, NOW)


@pytest.mark.parametrize(
    ("form", "given", "field"),
    [
        (replace(FORM, city="Metz"), VALIDATOR, "city"),
        (replace(FORM, departments=("99",)), VALIDATOR, "departments"),
        (replace(FORM, refers_to=10**9), (Role.COUNSELLOR,), "refers_to"),
        (replace(FORM, name=""), VALIDATOR, "name"),
        (FORM, (Role.COUNSELLOR,), "roles"),
        (
            replace(FORM, delegation=True, delegation_ends_on=date(2026, 1, 1)),
            VALIDATOR,
            "delegation_ends_on",
        ),
    ],
)
async def test_what_is_refused(
    reference: AsyncSession, lea: Actor, form: AgencyForm, given: tuple[Role, ...], field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await register(reference, lea, form, given, NOW)
    assert {error.field for error in refused.value.errors} == {field}


async def test_it_may_refer_to_an_agency_that_validates(reference: AsyncSession, lea: Actor) -> None:
    large = await add_active_agency(reference, await add_user(reference, "nina@exemple.fr"))
    number = await register(reference, lea, replace(FORM, refers_to=large), (Role.COUNSELLOR,), NOW)
    assert (await agency(reference, number)).refers_to == large
    chain = replace(FORM, name="Une autre", refers_to=number)
    with pytest.raises(InvalidInputError):
        await register(reference, lea, chain, (Role.COUNSELLOR,), NOW)


@pytest.mark.parametrize(
    "known",
    [
        {"name": "MISSION LOCALE - DU SILLON", "postal_code": "44000"},
        {"name": "Tout autre nom", "siret": "73282932000074"},
    ],
)
async def test_a_look_alike_is_shown_first(
    reference: AsyncSession, lea: Actor, known: dict[str, object]
) -> None:
    other = await add_agency(reference, **known)
    form = replace(FORM, siret="73282932000074")
    with pytest.raises(KnownAgencyError) as shown:
        await register(reference, lea, form, VALIDATOR, NOW)
    assert [row.id for row in shown.value.alike] == [other]
    assert await register(reference, lea, form, VALIDATOR, NOW, another=True) != other


@pytest.mark.parametrize(
    "known",
    [
        {"name": "Mission locale du Sillon", "postal_code": "57000"},
        {"name": "Mission locale du Sillon", "postal_code": "44000", "status": "rejected"},
        {"name": "Autre", "postal_code": "44000"},
    ],
)
async def test_what_is_not_alike(reference: AsyncSession, lea: Actor, known: dict[str, object]) -> None:
    await add_agency(reference, **known)
    assert await register(reference, lea, FORM, VALIDATOR, NOW)


async def test_an_imported_agency_is_claimed_once(reference: AsyncSession, lea: Actor) -> None:
    placed = {"lat": 47.2, "lon": -1.5, "address": "3 rue du Pont", "postal_code": "44000", "city": "NANTES"}
    known = {"source": "prescripteurs", "source_key": "k", "contact_email": "", "siret": "73282932000074"}
    number = await add_agency(reference, name="MISSION LOCALE - NANTES", **placed, **known)
    form = await claimable(reference, number, "lea.martin@exemple.fr")
    assert (form.name, form.contact_email) == ("MISSION LOCALE - NANTES", "lea.martin@exemple.fr")
    await claim(reference, lea, number, replace(form, name="Mission locale de Nantes"), VALIDATOR, NOW)
    row = await agency(reference, number)
    assert (row.name, row.status, row.source, row.lat) == (
        "Mission locale de Nantes",
        "to_review",
        "prescripteurs",
        47.2,
    )
    assert await jobs(reference) == ["agency.registered_mail"], "its place is known already"
    assert await audited(reference) == ["agency.claimed"]
    nina = Actor(user=await add_user(reference, "nina@exemple.fr"))
    with pytest.raises(ConflictError, match="rejoindre"):
        await claim(reference, nina, number, form, VALIDATOR, NOW)
    with pytest.raises(ConflictError):
        await claimable(reference, number, "")


async def test_there_is_nothing_to_claim(reference: AsyncSession, lea: Actor) -> None:
    rejected = await add_agency(reference, status="rejected")
    for number in (rejected, 10**9):
        with pytest.raises(NotFoundError):
            await claim(reference, lea, number, FORM, VALIDATOR, NOW)


@pytest.fixture
async def silent() -> AsyncIterator[Sirene]:
    client = Sirene("http://127.0.0.1:9", 0.2)
    yield client
    await client.close()


async def test_a_register_that_is_down_leaves_the_form_to_the_person(silent: Sirene) -> None:
    siret = a_siret()
    begun = await prefilled(silent, siret, "lea@exemple.fr")
    assert (begun.form.siret, begun.form.contact_email, begun.form.name) == (siret, "lea@exemple.fr", "")
    assert "Remplissez la fiche vous-même" in begun.told
    with pytest.raises(InvalidInputError):
        await prefilled(silent, "123", "")


async def test_the_register_fills_name_and_address() -> None:
    siret = a_siret()
    async with serve(Answer(body=register_says(siret=siret))) as server:
        client = Sirene(server.url, 2)
        begun = await prefilled(client, siret, "")
        await client.close()
    assert begun.form.name
    assert begun.form.postal_code == "75015"
    assert "rempli" in begun.told
