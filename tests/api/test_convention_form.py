"""Writing a convention over HTTP: its parts, what is wrong in them, two people at once, sending it."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from data.queries import conventions
from data.queries.conventions import ConventionRow
from data.session import SessionMaker
from data.tables import conventions as conventions_table
from tests.api.convention_forms import (
    ACTIVITY,
    COMPANY,
    CONFLICT,
    OK,
    SEEN,
    UNPROCESSABLE,
    begin,
    dates,
    fill,
    next_monday,
    somebody,
)
from tests.api.space_callers import sign_up
from tests.factories.companies import a_siret, add_company
from tests.factories.people import add_active_agency

SEEN_MARK = re.compile(r'name="vu" value="(\w+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture
def maker(api_app: Litestar) -> SessionMaker:
    found: SessionMaker = api_app.state.maker
    return found


@pytest.fixture
async def agency(maker: SessionMaker) -> int:
    async with maker() as session, session.begin():
        user, _, _ = await sign_up(session, "validates")
        return await add_active_agency(session, user)


async def latest(maker: SessionMaker) -> ConventionRow:
    async with maker() as session:
        query = conventions_table.select().order_by(conventions_table.c.created_at.desc()).limit(1)
        row = (await session.execute(query)).one()
        found = await conventions.by_id(session, row.id)
    assert found is not None
    return found


async def send(client: httpx.AsyncClient, url: str) -> httpx.Response:
    page = await client.get(f"{url}/relire")
    found = VERSION.search(page.text)
    assert found, page.text
    return await client.post(f"{url}/relire", data={"version": found[1]})


async def test_from_nothing_to_sent(client: httpx.AsyncClient, maker: SessionMaker, agency: int) -> None:
    assert (await client.get("/convention/nouvelle")).status_code == OK
    url = await begin(client)
    home = await client.get(url)
    assert home.status_code == OK
    assert home.text.count("À remplir") == 5
    await fill(client, url, agency)
    assert (await client.get(url)).text.count("Complète") == 5
    recap = await client.get(f"{url}/relire")
    assert "Boulangerie du Port" in recap.text
    assert "à compléter avant l’envoi" not in recap.text
    answer = await send(client, url)
    assert answer.status_code == SEEN, answer.text
    sent = await client.get(answer.headers["location"])
    assert "Zoé Durand-" in sent.text
    assert "Anne Martin" in sent.text
    row = await latest(maker)
    assert (row.status, row.document.schedule.minutes) == ("to_sign", 10 * 7 * 60)
    again = await client.get(url)
    assert again.headers["location"] == f"{url}/envoyee"


async def test_what_is_wrong_is_kept_and_said_beside_its_field(client: httpx.AsyncClient) -> None:
    url = await begin(client)
    typed = {**somebody(), "beneficiary.birth_date": "31 février", "beneficiary.email": "zoe"}
    page = await client.post(f"{url}/personne", data={**typed, "action": "continuer"})
    assert page.status_code == UNPROCESSABLE
    assert 'value="31 février"' in page.text
    assert 'href="#beneficiary-birth_date"' in page.text
    assert 'href="#beneficiary-email"' in page.text
    kept = await client.get(f"{url}/personne")
    assert kept.status_code == OK
    assert 'value="zoe"' in kept.text
    assert "field-error" not in kept.text
    shown = await client.get(f"{url}/personne?voir=1")
    assert "beneficiary-email-erreur" in shown.text


async def test_a_whole_with_a_fault_is_not_sent_and_leads_to_the_field(
    client: httpx.AsyncClient, agency: int
) -> None:
    url = await begin(client)
    await fill(client, url, agency)
    wrong = {**COMPANY, "host.contact.email": "anne"}
    assert (await client.post(f"{url}/entreprise", data=wrong)).status_code == UNPROCESSABLE
    answer = await send(client, url)
    assert answer.status_code == UNPROCESSABLE
    assert f'href="{url}/entreprise?voir=1#host-contact-email"' in answer.text
    assert (await client.get(f"{url}/envoyee")).headers["location"] == url


async def test_an_older_page_does_not_send_what_somebody_else_wrote(
    client: httpx.AsyncClient, agency: int
) -> None:
    url = await begin(client)
    await fill(client, url, agency)
    page = await client.get(f"{url}/relire")
    found = VERSION.search(page.text)
    assert found
    await fill(client, url, agency, "activites")
    stale = await client.post(f"{url}/relire", data={"version": found[1]})
    assert stale.status_code == CONFLICT
    assert "Quelqu’un d’autre a modifié" in stale.text
    assert (await client.post(f"{url}/relire", data={"version": "deux"})).status_code == CONFLICT


async def test_the_same_part_changed_by_two_is_compared(client: httpx.AsyncClient) -> None:
    url = await begin(client)
    mark = SEEN_MARK.search((await client.get(f"{url}/activites")).text)
    assert mark
    theirs = {**ACTIVITY, "activity.tasks": "Vendre."}
    assert (await client.post(f"{url}/activites", data=theirs)).status_code == SEEN
    mine = {**ACTIVITY, "vu": mark[1]}
    page = await client.post(f"{url}/activites", data=mine)
    assert page.status_code == CONFLICT
    assert "Vous\u00a0: Peser, pétrir, servir." in page.text
    assert "<strong>Vendre.</strong>" in page.text
    same = await client.post(f"{url}/activites", data={**theirs, "vu": mark[1]})
    assert same.status_code == SEEN
    fresh = SEEN_MARK.search(page.text)
    assert fresh
    assert (await client.post(f"{url}/activites", data={**mine, "vu": fresh[1]})).status_code == SEEN


async def test_what_is_typed_is_kept_before_any_button(
    client: httpx.AsyncClient, maker: SessionMaker, agency: int
) -> None:
    url = await begin(client)
    mark = SEEN_MARK.search((await client.get(f"{url}/suivi")).text)
    assert mark
    typed = {"agency": str(agency), "accompanying.structure": "Cap Sud", "vu": mark[1]}
    kept = await client.post(f"{url}/suivi/brouillon", data=typed)
    assert kept.status_code == OK
    assert kept.json()["vu"] != mark[1]
    row = await latest(maker)
    assert (row.agency_id, row.document.accompanying.structure) == (agency, "Cap Sud")
    assert (await client.post(f"{url}/suivi/brouillon", data=typed)).status_code == CONFLICT


async def test_totals_are_recounted_and_nothing_is_saved(
    client: httpx.AsyncClient, maker: SessionMaker, agency: int
) -> None:
    url = await begin(client)
    await fill(client, url, agency)
    day = next_monday().isoformat()
    typed = {**dates(), f"jour.{day}.0.debut": "06:00", f"jour.{day}.0.fin": "19:00"}
    page = await client.post(f"{url}/horaires/calcul", data=typed)
    assert page.status_code == OK
    assert "13 h en tout" in page.text
    assert "L3121-18" in page.text
    assert 'hx-swap-oob="true"' in page.text
    assert (await latest(maker)).document.schedule.minutes == 70 * 60
    assert (await client.post(f"{url}/personne/calcul", data=typed)).status_code == httpx.codes.NOT_FOUND


async def test_the_register_down_is_said_and_all_is_typed_by_hand(client: httpx.AsyncClient) -> None:
    url = await begin(client)
    answer = await client.post(f"{url}/entreprise", data={**COMPANY, "action": "annuaire"})
    assert answer.headers["location"] == f"{url}/entreprise?annuaire=unavailable#host-name"
    page = await client.get(f"{url}/entreprise?annuaire=unavailable")
    assert "ne répond pas" in page.text
    assert "Boulangerie du Port" in page.text
    wrong = await client.post(f"{url}/entreprise", data={"host.siret": "123", "action": "annuaire"})
    assert wrong.status_code == UNPROCESSABLE
    assert 'href="#host-siret"' in wrong.text


async def test_a_company_that_we_hold_is_filled_without_the_register(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    siret = a_siret()
    async with maker() as session, session.begin():
        await add_company(session, siret=siret, name="Fournil tenu")
    url = await begin(client)
    typed = {"host.siret": f" {siret[:9]} {siret[9:]}", "host.contact.last_name": "Roy"}
    answer = await client.post(f"{url}/entreprise", data={**typed, "action": "annuaire"})
    assert answer.headers["location"] == f"{url}/entreprise?annuaire=found#host-name"
    host = (await latest(maker)).document.host
    assert (host.siret, host.name, host.contact.last_name) == (siret, "Fournil tenu", "Roy")
    assert (host.postal_code, host.city) == ("44000", "Nantes")


async def test_a_job_is_found_by_its_words_without_javascript(
    client: httpx.AsyncClient, maker: SessionMaker
) -> None:
    url = await begin(client)
    page = await client.post(f"{url}/activites", data={"activity.job": "vendeur pain", "action": "metier"})
    assert page.status_code == UNPROCESSABLE
    choice = re.search(r'value="(choisir-([A-N]\d{4})-\d*)"', page.text)
    assert choice
    typed = {"activity.job": "vendeur pain", "action": choice[1]}
    chosen = await client.post(f"{url}/activites", data=typed)
    assert chosen.headers["location"] == f"{url}/activites#activity-rome"
    row = await latest(maker)
    assert row.document.activity.rome == choice[2]
    assert "Compétences visées" in (await client.get(f"{url}/activites")).text
    unknown = await client.post(f"{url}/activites", data={"activity.job": "zzzzqq", "action": "metier"})
    assert "Nous ne reconnaissons pas ce métier" in unknown.text


async def test_hazards_are_asked_of_minors_only(client: httpx.AsyncClient) -> None:
    url = await begin(client)
    assert "D4153-30" not in (await client.get(f"{url}/activites")).text
    born = next_monday() - timedelta(days=17 * 366)
    young = {**somebody(), "beneficiary.birth_date": born.isoformat()}
    await client.post(f"{url}/personne", data=young)
    page = await client.get(f"{url}/activites")
    assert "D4153-30" in page.text
    ticked = {**ACTIVITY, "activity.hazards": "heights"}
    await client.post(f"{url}/horaires", data={**dates(), "action": "continuer"})
    refused = await client.post(f"{url}/activites", data=ticked)
    assert "Ces travaux sont interdits avant 18 ans" in refused.text


async def test_every_part_saved_at_the_same_moment_is_kept(
    client: httpx.AsyncClient, maker: SessionMaker, agency: int
) -> None:
    url = await begin(client)
    parts = ("personne", "entreprise", "activites", "horaires", "suivi")
    await asyncio.gather(*(fill(client, url, agency, part) for part in parts))
    row = await latest(maker)
    assert row.version == 6
    assert (row.agency_id, row.document.beneficiary.first_name) == (agency, "Zoé")
    assert (row.document.host.name, row.document.activity.rome) == ("Boulangerie du Port", "D1102")
    assert row.document.schedule.minutes == 70 * 60


async def test_strange_addresses_answer_that_nothing_is_there(client: httpx.AsyncClient) -> None:
    url = await begin(client)
    for path in (f"{url}/autre", "/convention/inconnu", "/convention/inconnu/personne"):
        assert (await client.get(path)).status_code == httpx.codes.NOT_FOUND
    page = await client.get("/convention/nouvelle?demande=inconnu")
    assert page.status_code == httpx.codes.NOT_FOUND


async def test_drafts_are_counted_by_address(
    client: httpx.AsyncClient, api_app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_app.state, "settings", replace(api_app.state.settings, drafts_per_ip_per_hour=1))
    await begin(client)
    answer = await client.post("/convention/nouvelle")
    assert answer.status_code == httpx.codes.TOO_MANY_REQUESTS
