"""A company's registration by its pages: each step saved, errors beside their field, proved by a link."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from api.app import create_app
from data.queries import links
from data.session import create_engine, create_maker
from data.tables import companies, outbox, registrations
from services.links import Purpose
from settings import Settings
from tests.api.conftest import opened, until
from tests.clients.http_server import Answer, serve
from tests.clients.test_sirene import answer as register_says
from tests.factories.companies import a_siret

ROOT = "/entreprises/inscription"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
IDENTITY = {
    "name": "Menuiserie du Lac",
    "naf": "1623Z",
    "headcount": "02",
    "website": "menuiserie-du-lac.example",
}
PLACES = {"places.0.address": "3 rue du Lac", "places.0.postal_code": "57000", "places.0.city": "Metz"}
OFFERS = {"offers.0.rome": "H2206", "offers.0.label": "Menuisier", "offers.0.remote_mode": "on_site"}
CONTACT = {
    "contact.mode": "email",
    "contact.name": "Ana Petit",
    "contact.email": "ana@menuiserie-du-lac.example",
    "contact.for_job_seekers": "1",
    "contact.max_contacts_per_month": "6",
    "contact.fit_for_disabled_workers": "no",
}
STEPS = {"identite": IDENTITY, "lieux": PLACES, "metiers": OFFERS, "contact": CONTACT}


async def start(client: httpx.AsyncClient) -> str:
    siret = a_siret()
    answer = await client.post(ROOT, data={"siret": siret})
    assert answer.headers["location"].startswith(f"{ROOT}/identite"), answer.text
    return siret


async def fill(client: httpx.AsyncClient, *, until_step: str = "resume") -> str:
    """A draft filled up to a step; its SIRET."""
    siret = await start(client)
    for step, values in STEPS.items():
        if step == until_step:
            break
        answer = await client.post(f"{ROOT}/{step}", data=values)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    return siret


async def link_for(settings: Settings, siret: str, purpose: Purpose) -> str:
    """One more link of the kind that the mail carries: only hashes are kept."""
    engine = create_engine(settings.database_url)
    table = registrations if purpose is Purpose.PROVE else companies
    async with create_maker(engine)() as session, session.begin():
        subject = (await session.scalars(select(table.c.id).where(table.c.siret == siret))).one()
        token = f"{purpose}-{siret}".replace(".", "-")
        await links.mint(session, token, purpose, str(subject), NOW, NOW + timedelta(days=3650))
    await engine.dispose()
    return token


async def mails_asked(settings: Settings) -> int:
    """How many jobs wait for the worker."""
    engine = create_engine(settings.database_url)
    async with create_maker(engine)() as session:
        count = len((await session.scalars(select(outbox.c.id))).all())
    await engine.dispose()
    return count


async def test_whole_registration_is_found_once_proved(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    siret = await fill(client)
    recap = (await client.get(f"{ROOT}/resume")).text
    assert all(one in recap for one in ("Menuiserie du Lac", "3 rue du Lac", "Menuisier", "Ana Petit"))
    sent = await client.post(f"{ROOT}/resume")
    assert sent.headers["location"] == f"{ROOT}/merci"
    assert "ana@menuiserie-du-lac.example" in (await client.get(f"{ROOT}/merci")).text
    address = f"/entreprises/preuve/{await link_for(api_settings, siret, Purpose.PROVE)}"

    async def visible() -> bool:
        return (await client.get(f"/entreprises/{siret}")).status_code == httpx.codes.SEE_OTHER

    assert (await client.get(address)).status_code == httpx.codes.OK
    assert not await visible(), "opening the link is not proving: mail filters open links"
    assert "est visible" in (await client.post(address)).text
    assert await visible()
    assert "est visible" in (await client.get(address)).text
    assert "est visible" in (await client.post(address)).text
    await until(lambda: _found(client, siret), seconds=5)
    assert "est visible" in (await client.get(f"{ROOT}/merci")).text


async def _found(client: httpx.AsyncClient, siret: str) -> bool:
    asked = {"metier": "Menuisier / Menuisière", "lieu": "Metz"}
    return siret in (await client.get("/recherche", params=asked)).text


async def test_draft_cookie_is_for_this_browser_alone(client: httpx.AsyncClient) -> None:
    answer = await client.post(ROOT, data={"siret": a_siret()})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("escale_inscription=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/entreprises"))
    token = answer.cookies["escale_inscription"]
    assert token not in answer.headers["location"]


async def test_resumes_where_it_was(client: httpx.AsyncClient) -> None:
    await fill(client, until_step="metiers")
    assert f'href="{ROOT}/metiers"' in (await client.get(ROOT)).text
    ahead = await client.get(f"{ROOT}/contact")
    assert ahead.headers["location"] == f"{ROOT}/metiers"
    back = (await client.get(f"{ROOT}/lieux")).text
    assert 'value="3 rue du Lac"' in back


@pytest.mark.parametrize(
    ("step", "values", "field"),
    [
        ("identite", {"name": ""}, "name"),
        ("identite", IDENTITY | {"naf": "0410A"}, "naf"),
        ("identite", IDENTITY | {"website": "javascript:alert(1)"}, "website"),
        ("lieux", {"places.0.postal_code": "57", "places.0.city": "Metz"}, "places-0-postal_code"),
        ("metiers", {"offers.0.rome": "Z0000", "offers.0.label": "x"}, "offers-0-rome"),
        ("metiers", {}, "offers"),
        ("contact", CONTACT | {"contact.email": "ana@"}, "contact-email"),
        (
            "contact",
            CONTACT | {"contact.max_contacts_per_month": "beaucoup"},
            "contact-max_contacts_per_month",
        ),
    ],
)
async def test_errors_lead_to_their_field(
    client: httpx.AsyncClient, step: str, values: dict[str, str], field: str
) -> None:
    await fill(client, until_step=step)
    answer = await client.post(f"{ROOT}/{step}", data=values)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert answer.text.count(f'id="{field}-erreur"') == 1
    again = await client.get(f"{ROOT}/{step}")
    assert "error-summary" not in again.text, "what is refused is not kept"


async def test_places_are_added_and_taken_off(client: httpx.AsyncClient) -> None:
    await fill(client, until_step="lieux")
    more = await client.post(f"{ROOT}/lieux", data=PLACES | {"action": "ajouter"})
    assert 'name="places.1.city"' in more.text
    assert 'value="3 rue du Lac"' in more.text
    two = PLACES | {"places.1.postal_code": "57050", "places.1.city": "Metz"}
    kept = await client.post(f"{ROOT}/lieux", data=two | {"action": "retirer-0"}, follow_redirects=True)
    assert 'value="57050"' in kept.text
    assert "3 rue du Lac" not in kept.text


async def test_jobs_are_proposed_chosen_and_taken_off(client: httpx.AsyncClient) -> None:
    await fill(client, until_step="metiers")
    asked = await client.post(f"{ROOT}/metiers", data={"action": "ajouter", "nouveau": "menuisr"})
    choice = re.findall(r'value="(choisir-[^"]+)"', asked.text)[0]
    chosen = await client.post(f"{ROOT}/metiers", data={"action": choice}, follow_redirects=True)
    rome = re.findall(r'name="offers.0.rome" value="([^"]+)"', chosen.text)[0]
    typed = {"offers.0.rome": rome, "offers.0.label": "Chez nous", "nouveau": "Boulanger / Boulangère"}
    both = await client.post(f"{ROOT}/metiers", data=typed | {"action": "continuer"}, follow_redirects=True)
    assert re.findall(r'name="offers.\d.rome" value="([^"]+)"', both.text) == [rome, "D1102"]
    assert 'value="Chez nous"' in both.text
    left = {"offers.0.rome": rome, "offers.1.rome": "D1102", "action": "retirer-0"}
    one = await client.post(f"{ROOT}/metiers", data=left, follow_redirects=True)
    assert re.findall(r'name="offers.\d.rome" value="([^"]+)"', one.text) == ["D1102"]


@pytest.mark.parametrize(("typed", "said"), [("", "Écrivez un métier"), ("zzzzzzzz", "ne reconnaissons pas")])
async def test_a_job_that_is_not_one(client: httpx.AsyncClient, typed: str, said: str) -> None:
    await fill(client, until_step="metiers")
    answer = await client.post(f"{ROOT}/metiers", data={"action": "ajouter", "nouveau": typed})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert said in answer.text


@pytest.mark.parametrize("siret", ["", "123", "12345678901234", "<script>"])
async def test_a_siret_that_cannot_be_one(client: httpx.AsyncClient, siret: str) -> None:
    answer = await client.post(ROOT, data={"siret": siret})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="siret-erreur"' in answer.text
    assert "set-cookie" not in answer.headers


async def test_what_is_lost_or_does_not_exist(client: httpx.AsyncClient) -> None:
    lost = await client.get(f"{ROOT}/lieux")
    assert lost.status_code == httpx.codes.NOT_FOUND
    assert "Recommencez avec le SIRET" in lost.text
    await start(client)
    assert (await client.get(f"{ROOT}/etape-inconnue")).status_code == httpx.codes.NOT_FOUND
    assert (await client.post(f"{ROOT}/lieux", content=b"\xff\xfe=%00")).status_code < 500
    assert (await client.post(f"{ROOT}/lieux", json={"places": 3})).status_code < 500


async def test_sending_twice_sends_one_mail(client: httpx.AsyncClient, api_settings: Settings) -> None:
    await fill(client)
    await client.post(f"{ROOT}/resume")
    before = await mails_asked(api_settings)
    assert (await client.post(f"{ROOT}/resume")).headers["location"] == f"{ROOT}/merci"
    assert await mails_asked(api_settings) == before


async def test_editing_through_a_link(client: httpx.AsyncClient, api_settings: Settings) -> None:
    siret = await fill(client)
    await client.post(f"{ROOT}/resume")
    await client.post(f"/entreprises/preuve/{await link_for(api_settings, siret, Purpose.PROVE)}")
    answers = [await client.post("/entreprises/modifier", data={"siret": one}) for one in (siret, a_siret())]
    said = [re.sub(r"[\d  ]", "", answer.text) for answer in answers]
    assert said[0] == said[1], "the answer does not tell who is registered"
    address = f"/entreprises/modifier/{await link_for(api_settings, siret, Purpose.EDIT)}"
    assert (await client.get(address)).status_code == httpx.codes.OK
    opened_file = await client.post(address)
    assert opened_file.headers["location"] == f"{ROOT}/resume"
    await client.post(f"{ROOT}/identite", data=IDENTITY | {"custom_name": "Les Copeaux"})
    await client.post(f"{ROOT}/resume")
    page = await client.get(f"/entreprises/{siret}", follow_redirects=True)
    assert "Les Copeaux" in page.text
    assert (await client.post(address)).status_code == httpx.codes.GONE


async def test_known_company_is_sent_to_its_edit_link(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    siret = await fill(client)
    await client.post(f"{ROOT}/resume")
    await client.post(f"/entreprises/preuve/{await link_for(api_settings, siret, Purpose.PROVE)}")
    again = await client.post(ROOT, data={"siret": siret})
    assert again.status_code == httpx.codes.CONFLICT
    assert "déjà inscrite" in again.text


async def test_too_many_registrations_say_when_to_come_back(api_settings: Settings) -> None:
    async for client in opened(create_app(replace(api_settings, registrations_per_hour=1))):
        await client.post(ROOT, data={"siret": a_siret()})
        answer = await client.post(ROOT, data={"siret": a_siret()})
        assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
        assert int(answer.headers["retry-after"]) > 0
        assert "Réessayez" in answer.text


async def test_the_register_fills_the_form(api_settings: Settings) -> None:
    siret = a_siret()
    found = Answer(body=register_says(siret=siret, liste_enseignes=["LE BUREAU"]))
    async with serve(found) as register:
        async for client in opened(create_app(replace(api_settings, sirene_url=register.url))):
            first = await client.post(ROOT, data={"siret": siret}, follow_redirects=True)
            assert "Nous avons rempli la fiche" in first.text
            assert 'value="53.10Z"' in first.text
            await client.post(f"{ROOT}/identite", data=IDENTITY)
            assert 'value="75015"' in (await client.get(f"{ROOT}/lieux")).text


async def test_a_closed_establishment_is_refused(api_settings: Settings) -> None:
    siret = a_siret()
    closed = Answer(body=register_says(siret=siret, etat_administratif="F"))
    async with serve(closed) as register:
        async for client in opened(create_app(replace(api_settings, sirene_url=register.url))):
            refused = await client.post(ROOT, data={"siret": siret})
            assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
            assert "est fermé" in refused.text


async def test_a_register_that_is_down_is_said(client: httpx.AsyncClient) -> None:
    first = await client.post(ROOT, data={"siret": a_siret()}, follow_redirects=True)
    assert "ne répond pas. Remplissez la fiche vous-même." in first.text
