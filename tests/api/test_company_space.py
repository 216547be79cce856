"""A company's space: who may open what, and what each form does."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select, update

from data.queries import discussions
from data.tables import companies, company_rights, outbox
from settings import Settings
from tests.api.conftest import until
from tests.api.space_callers import People, add_people, database
from tests.factories.companies import a_siret
from tests.factories.discussions import add_request, build_world

OK, SEE_OTHER = httpx.codes.OK, httpx.codes.SEE_OTHER
NOT_FOUND, FORBIDDEN, CONFLICT = httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN, httpx.codes.CONFLICT
IN_A_MONTH = datetime.now(UTC).date() + timedelta(days=30)  # noqa: TID251 - the application has the real clock


@pytest.fixture
async def people(api_settings: Settings) -> People:
    async with database(api_settings.database_url) as session:
        return await add_people(session)


async def row(settings: Settings, people: People) -> dict[str, object]:
    async with database(settings.database_url) as session:
        query = select(companies).where(companies.c.id == people.company)
        return dict((await session.execute(query)).mappings().one())


def version_in(page: str) -> str:
    found = re.search(r'name="version" value="([^"]+)"', page)
    assert found
    return found[1]


BREST = (48.3904, -4.4861)
READ = ("", "/equipe")
ADMINS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/accueil", {}),
    ("POST", "/accueil", {"version": "2026-01-01T00:00:00+00:00"}),
    ("POST", "/modifier", {"etape": "contact"}),
    ("POST", "/pause", {"until": IN_A_MONTH.isoformat()}),
    ("POST", "/reprise", {}),
    ("POST", "/fermer", {}),
    ("POST", "/rouvrir", {}),
    ("POST", "/demandes", {"quota": "3", "version": "2026-01-01T00:00:00+00:00"}),
    ("POST", "/equipe/inviter", {"email": "x@y.fr", "role": "company_contact"}),
    ("POST", "/equipe/{waiting}/accepter", {"role": "company_contact"}),
    ("POST", "/equipe/{waiting}/refuser", {}),
    ("POST", "/equipe/{admin}/role", {"role": "company_contact"}),
    ("POST", "/equipe/{admin}/retirer", {}),
    ("POST", "/equipe/invitations/00000000-0000-4000-8000-000000000000/retirer", {}),
)


@pytest.mark.parametrize("path", READ)
async def test_members_read_and_others_find_nothing(
    client: httpx.AsyncClient, people: People, path: str
) -> None:
    for name, status in (
        ("admin", OK),
        ("contact", OK),
        ("waiting", NOT_FOUND),
        ("stranger", NOT_FOUND),
    ):
        people.sign_in(client, name)
        assert (await client.get(people.url + path)).status_code == status, name


@pytest.mark.parametrize(("method", "path", "data"), ADMINS)
async def test_only_admins_change_anything(
    client: httpx.AsyncClient,
    people: People,
    api_settings: Settings,
    method: str,
    path: str,
    data: dict[str, str],
) -> None:
    address = people.url + path.format(**people.users)
    before = await row(api_settings, people)
    for name, status in (("contact", FORBIDDEN), ("waiting", NOT_FOUND), ("stranger", NOT_FOUND)):
        people.sign_in(client, name)
        answer = await client.request(method, address, data=data)
        assert answer.status_code == status, name
        if status == FORBIDDEN:
            assert "administration de l’entreprise" in answer.text
    client.cookies.clear()
    answer = await client.request(method, address, data=data)
    assert answer.headers["location"].startswith("/connexion?")
    assert await row(api_settings, people) == before


async def test_admins_of_another_company_find_nothing(
    client: httpx.AsyncClient, people: People, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        other = await add_people(session)
    other.sign_in(client, "admin")
    reading: list[tuple[str, str, dict[str, str]]] = [("GET", one, {}) for one in READ]
    for method, path, data in (*reading, *ADMINS):
        answer = await client.request(method, people.url + path.format(**people.users), data=data)
        assert answer.status_code == NOT_FOUND, path


async def test_my_companies(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "admin")
    page = (await client.get("/entreprise")).text
    assert "Fournil de la Gare" in page
    assert "Proposée" in page
    assert "Une personne demande" in page
    people.sign_in(client, "contact")
    assert "Une personne demande" not in (await client.get("/entreprise")).text
    people.sign_in(client, "waiting")
    page = (await client.get("/entreprise")).text
    assert "vous avez demandé à rejoindre" in page
    assert people.url not in page
    people.sign_in(client, "stranger")
    assert "aucune entreprise" in (await client.get("/entreprise")).text


async def _found(client: httpx.AsyncClient, siret: str) -> bool:
    page = await client.get("/recherche", params={"metier": "Boulanger / Boulangère", "lieu": "Brest"})
    return siret in page.text


async def test_a_pause_leaves_search_and_comes_back(
    client: httpx.AsyncClient, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        people = await add_people(session, BREST)
    people.sign_in(client, "admin")
    await until(lambda: _found(client, people.siret), seconds=5)
    answer = await client.post(f"{people.url}/pause", data={"until": IN_A_MONTH.strftime("%d/%m/%Y")})
    assert answer.headers["location"] == f"{people.url}?fait=pause"
    page = (await client.get(answer.headers["location"])).text
    assert "En pause" in page
    assert str(IN_A_MONTH.year) in page

    async def gone() -> bool:
        return not await _found(client, people.siret)

    await until(gone, seconds=5)
    answer = await client.post(f"{people.url}/reprise")
    assert "de nouveau proposée" in (await client.get(answer.headers["location"])).text
    await until(lambda: _found(client, people.siret), seconds=5)


@pytest.mark.parametrize("typed", ["", "hier", "2020-01-01", "31/02/2030", "9999-12-31"])
async def test_a_pause_that_is_no_day_is_refused(
    client: httpx.AsyncClient, people: People, typed: str
) -> None:
    people.sign_in(client, "admin")
    answer = await client.post(f"{people.url}/pause", data={"until": typed})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="until-erreur"' in answer.text


async def test_a_company_that_closes_tells_who_waits_and_opens_again(
    client: httpx.AsyncClient, api_settings: Settings, people: People
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as above
    async with database(api_settings.database_url) as session:
        world = replace(await build_world(session, now, f"close-{people.company}-"), company=people.company)
        request = await add_request(world, now)
    people.sign_in(client, "admin")
    assert "La demande qui attend votre réponse est close" in (await client.get(people.url)).text
    for _ in range(2):  # a button pressed twice
        closed = await client.post(f"{people.url}/fermer")
        assert closed.headers["location"] == f"{people.url}?fait=fermee"
    page = (await client.get(people.url)).text
    assert "Rouvrir la fiche" in page
    assert "Fermer la fiche" not in page
    assert (await client.get(f"/entreprises/{people.siret}")).status_code == NOT_FOUND
    async with database(api_settings.database_url) as session:
        found = await discussions.by_id(session, request)
        told = select(outbox.c.job).where(outbox.c.payload["discussion"].astext == str(request))
        assert (await session.scalars(told)).all() == ["discussion.rejected_mail"]
    assert found is not None
    assert (found.status, found.reason) == ("rejected", "company_closed")
    opened = await client.post(f"{people.url}/rouvrir")
    assert opened.headers["location"] == f"{people.url}?fait=reprise"
    shown = await client.get(f"/entreprises/{people.siret}", follow_redirects=True)
    assert shown.status_code == OK


async def test_the_quota_is_changed(
    client: httpx.AsyncClient, people: People, api_settings: Settings
) -> None:
    people.sign_in(client, "admin")
    version = version_in((await client.get(people.url)).text)
    for typed in ("-1", "1001", "six", "99999999"):
        answer = await client.post(f"{people.url}/demandes", data={"quota": typed, "version": version})
        assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    answer = await client.post(f"{people.url}/demandes", data={"quota": "0", "version": version})
    assert answer.status_code == SEE_OTHER
    assert (await row(api_settings, people))["max_contacts_per_month"] == 0
    assert "zéro demande" in (await client.get(people.url)).text
    again = await client.post(f"{people.url}/demandes", data={"quota": "9", "version": version})
    assert again.status_code == CONFLICT
    assert "Quelqu’un d’autre a modifié la fiche" in again.text
    assert (await row(api_settings, people))["max_contacts_per_month"] == 0


async def test_conditions_are_shown_to_everybody(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "admin")
    version = version_in((await client.get(f"{people.url}/accueil")).text)
    data = {"dress": "Chaussures <b>fermées</b>", "meals": "Cantine", "version": version}
    answer = await client.post(f"{people.url}/accueil", data=data)
    assert answer.headers["location"] == f"{people.url}?fait=conditions"
    assert "Cantine" in (await client.get(people.url)).text
    client.cookies.clear()
    offer = await client.get(f"/entreprises/{people.siret}", follow_redirects=True)
    assert "Chaussures &lt;b&gt;fermées&lt;/b&gt;" in offer.text
    assert "Cantine" in offer.text


async def test_two_admins_do_not_overwrite_each_other(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "admin")
    version = version_in((await client.get(f"{people.url}/accueil")).text)
    first = {"dress": "Blouse prêtée", "version": version}
    assert (await client.post(f"{people.url}/accueil", data=first)).status_code == SEE_OTHER
    second = {"dress": "Chaussures fermées", "version": version}
    answer = await client.post(f"{people.url}/accueil", data=second)
    assert answer.status_code == CONFLICT
    assert all(
        text in answer.text for text in ("Chaussures fermées", "Blouse prêtée", "Rien n’est enregistré")
    )
    knowing = {**second, "version": version_in(answer.text)}
    assert (await client.post(f"{people.url}/accueil", data=knowing)).status_code == SEE_OTHER
    assert "Chaussures fermées" in (await client.get(people.url)).text
    nonsense = {**second, "version": "hier"}
    assert (await client.post(f"{people.url}/accueil", data=nonsense)).status_code == CONFLICT


async def test_long_conditions_are_refused_beside_their_field(
    client: httpx.AsyncClient, people: People
) -> None:
    people.sign_in(client, "admin")
    version = version_in((await client.get(f"{people.url}/accueil")).text)
    answer = await client.post(f"{people.url}/accueil", data={"hours": "x" * 501, "version": version})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert 'id="hours-erreur"' in answer.text


async def test_the_whole_form_opens_at_a_step_and_saves(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "admin")
    answer = await client.post(f"{people.url}/modifier", data={"etape": "metiers"})
    assert answer.headers["location"] == "/entreprises/inscription/metiers"
    offers = {"offers.0.rome": "D1102", "offers.0.label": "Boulanger de nuit"}
    saved = await client.post("/entreprises/inscription/metiers", data=offers)
    assert saved.headers["location"] == "/entreprises/inscription/resume"
    identity = {"name": "Fournil du Parc", "naf": "1071C", "headcount": "02"}
    await client.post("/entreprises/inscription/identite", data=identity)
    contact = {
        "contact.mode": "in_person",
        "contact.name": "Ana Petit",
        "contact.email": "ana@fournil.example",
        "contact.for_job_seekers": "1",
    }
    await client.post("/entreprises/inscription/contact", data=contact)
    assert (await client.post("/entreprises/inscription/resume")).status_code == SEE_OTHER
    people.sign_in(client, "admin")
    page = (await client.get(people.url)).text
    assert "Boulanger de nuit" in page
    assert "Fournil du Parc" in page
    assert "attend d’être confirmée" in page, "the address is new: it is proved first"


async def test_the_draft_of_an_account_is_of_no_use_once_it_left(
    client: httpx.AsyncClient, people: People
) -> None:
    people.sign_in(client, "admin")
    await client.post(f"{people.url}/modifier")
    client.cookies.delete("escale_session")
    for answer in (
        await client.get("/entreprises/inscription/contact"),
        await client.post("/entreprises/inscription/resume"),
    ):
        assert answer.status_code == SEE_OTHER
        assert answer.headers["location"].startswith("/connexion?")


async def test_a_stale_form_says_what_to_do(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "admin")
    page = (await client.get(people.url)).text
    await client.post(f"{people.url}/modifier")
    identity = {"name": "Fournil du Parc", "naf": "1071C", "headcount": "02"}
    await client.post("/entreprises/inscription/identite", data=identity)
    await client.post(
        "/entreprises/inscription/contact",
        data={
            "contact.mode": "in_person",
            "contact.name": "Ana",
            "contact.email": "ana@fournil.example",
            "contact.for_job_seekers": "1",
        },
    )
    await client.post(f"{people.url}/demandes", data={"quota": "9", "version": version_in(page)})
    answer = await client.post("/entreprises/inscription/resume")
    assert answer.status_code == CONFLICT
    assert "Rouvrir la fiche à jour" in answer.text


async def test_a_banned_company_says_why_and_changes_nothing(
    client: httpx.AsyncClient, people: People, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        values = {"banned_at": companies.c.created_at, "ban_reason": "Demandes d’argent aux candidats."}
        mine = companies.c.id == people.company
        await session.execute(update(companies).where(mine).values(**values))
    people.sign_in(client, "admin")
    page = (await client.get(people.url)).text
    assert "Demandes d’argent aux candidats." in page
    assert "mentions légales" in page
    assert "<button" not in page.split("<main")[1]
    for path in ("/reprise", "/modifier", f"/equipe/{people.users['contact']}/retirer"):
        answer = await client.post(people.url + path)
        assert answer.status_code in {CONFLICT, NOT_FOUND}, path


async def test_joining_from_the_registration_form(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "stranger")
    answer = await client.post("/entreprises/inscription", data={"siret": people.siret})
    assert answer.status_code == CONFLICT
    address = f"/entreprise/rejoindre/{people.siret}"
    assert address in answer.text
    assert "Rejoindre Fournil de la Gare" in (await client.get(address)).text
    asked = await client.post("/entreprise/rejoindre", data={"siret": people.siret})
    assert asked.headers["location"] == "/entreprise?fait=demande"
    assert "vous avez demandé à rejoindre" in (await client.get("/entreprise")).text
    assert (await client.get(people.url)).status_code == NOT_FOUND


async def test_joining_what_is_not_registered(client: httpx.AsyncClient, people: People) -> None:
    people.sign_in(client, "stranger")
    siret = a_siret()
    answer = await client.post("/entreprise/rejoindre", data={"siret": siret})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert f"/entreprises/inscription?siret={siret}" in answer.text
    bad = await client.get("/entreprise/rejoindre/12")
    assert bad.status_code == httpx.codes.UNPROCESSABLE_ENTITY


async def test_an_admin_decides_on_the_page(
    client: httpx.AsyncClient, people: People, api_settings: Settings
) -> None:
    people.sign_in(client, "admin")
    page = (await client.get(f"{people.url}/equipe")).text
    waiting = people.users["waiting"]
    assert f"{people.url}/equipe/{waiting}/accepter" in page
    answer = await client.post(f"{people.url}/equipe/{waiting}/accepter", data={"role": "company_admin"})
    assert answer.headers["location"] == f"{people.url}/equipe?fait=accepte"
    people.sign_in(client, "waiting")
    assert (await client.get(people.url)).status_code == OK
    mine = people.users["admin"]
    answer = await client.post(f"{people.url}/equipe/{mine}/retirer")
    assert answer.headers["location"] == f"{people.url}/equipe?fait=retire"
    last = await client.post(f"{people.url}/equipe/{waiting}/retirer")
    assert last.status_code == CONFLICT
    assert "au moins une personne" in last.text
    async with database(api_settings.database_url) as session:
        query = select(company_rights.c.user_id).where(company_rights.c.company_id == people.company)
        kept = set((await session.scalars(query)).all())
    assert kept == {waiting, people.users["contact"]}
