"""Agencies by their pages: found, registered, claimed, joined, served."""

import re
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from api.cookies import SESSION_COOKIE
from data.tables import agencies
from domain.roles import Actor, Role
from services.agencies import activate
from settings import Settings
from tests.api.space_callers import database, sign_up
from tests.factories.people import add_active_agency, add_agency, add_right

OK, SEE_OTHER = httpx.codes.OK, httpx.codes.SEE_OTHER
NOT_FOUND, FORBIDDEN = httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN
UNPROCESSABLE, CONFLICT = httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.CONFLICT
FORM = {
    "kind": "mission_locale",
    "name": "Mission locale des Trois Ponts",
    "postal_code": "57000",
    "city": "Metz",
    "communes": "Metz\nNantes (44)",
    "contact_email": "accueil@trois-ponts.exemple.fr",
    "roles": "validator",
}
FORM_PAGE = "/structures/inscription/fiche"


@dataclass(frozen=True, slots=True)
class Team:
    """An active agency and the accounts around it."""

    agency: int
    users: dict[str, str]
    tokens: dict[str, str]
    emails: dict[str, str]

    @property
    def url(self) -> str:
        return f"/structure/{self.agency}"

    def sign_in(self, client: httpx.AsyncClient, name: str) -> None:
        client.cookies.clear()
        client.cookies.set(SESSION_COOKIE, self.tokens[name])


@pytest.fixture
async def team(api_settings: Settings) -> Team:
    async with database(api_settings.database_url) as session:
        made = {name: await sign_up(session, name) for name in ("admin", "viewer", "asking", "stranger")}
        where = {"postal_code": "57000", "city": "Metz", "departments": ["57"]}
        number = await add_active_agency(session, made["admin"][0], **where)
        await add_right(session, number, made["viewer"][0], [Role.AGENCY_VIEWER])
        await add_right(session, number, made["asking"][0], [Role.TO_REVIEW])
    users = {name: str(one[0]) for name, one in made.items()}
    tokens = {name: one[1] for name, one in made.items()}
    return Team(number, users, tokens, {name: one[2] for name, one in made.items()})


async def test_registered_then_active(client: httpx.AsyncClient, team: Team, api_settings: Settings) -> None:
    team.sign_in(client, "stranger")
    assert "Continuer sans SIRET" in (await client.get("/structures/inscription")).text
    begun = (await client.get(FORM_PAGE)).text
    assert f'value="{team.emails["stranger"]}"' in begun
    form = FORM | {"name": f"Mission locale {team.agency}"}
    sent = await client.post(FORM_PAGE, data=form)
    assert sent.headers["location"] == "/mes-structures?fait=inscrite", sent.text
    mine = (await client.get("/mes-structures")).text
    assert "Notre équipe vérifie" in mine
    async with database(api_settings.database_url) as session:
        query = select(agencies.c.id).where(agencies.c.name == form["name"])
        number = (await session.execute(query)).scalar_one()
    assert (await client.get(f"/structure/{number}")).status_code == NOT_FOUND
    async with database(api_settings.database_url) as session:
        now = (await session.execute(select(agencies.c.created_at))).scalars().first()
        assert now
        await activate(session, Actor(back_office=True), number, now)
    page = (await client.get(f"/structure/{number}")).text
    assert all(one in page for one in (form["name"], "Metz, Nantes", "sans date de fin", "Gérer les membres"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": ""}, "kind"),
        ({"city": "Brest"}, "city"),
        ({"communes": "Quimpère-les-Eaux"}, "communes"),
        ({"contact_email": "accueil"}, "contact_email"),
        ({"delegation": "1", "delegation_ends_on": "demain"}, "delegation_ends_on"),
        ({"roles": ""}, "roles"),
        ({"refers_to": "999999999"}, "refers_to"),
    ],
)
async def test_errors_lead_to_their_field(
    client: httpx.AsyncClient, team: Team, changed: dict[str, str], field: str
) -> None:
    team.sign_in(client, "stranger")
    answer = await client.post(FORM_PAGE, data=FORM | changed)
    assert answer.status_code == UNPROCESSABLE
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert answer.text.count(f'id="{field}-erreur"') == 1


async def test_a_siret_that_cannot_be_one_and_a_register_that_is_down(
    client: httpx.AsyncClient, team: Team
) -> None:
    team.sign_in(client, "stranger")
    wrong = await client.get(FORM_PAGE, params={"siret": "123"})
    assert (wrong.status_code, 'id="siret-erreur"' in wrong.text) == (UNPROCESSABLE, True)
    down = await client.get(FORM_PAGE, params={"siret": "73282932000074"})
    assert "Remplissez la fiche vous-même" in down.text
    assert 'value="73282932000074"' in down.text


async def test_a_look_alike_is_shown_then_registered_apart(client: httpx.AsyncClient, team: Team) -> None:
    team.sign_in(client, "stranger")
    form = FORM | {"name": "Mission locale de Nantes"}
    shown = await client.post(FORM_PAGE, data=form)
    assert shown.status_code == CONFLICT
    assert "Est-ce la même" in shown.text
    again = await client.post(FORM_PAGE, data=form | {"another": "1"})
    assert again.status_code == SEE_OTHER


async def test_an_imported_agency_is_claimed(
    client: httpx.AsyncClient, team: Team, api_settings: Settings
) -> None:
    async with database(api_settings.database_url) as session:
        known = {"source": "prescripteurs", "source_key": f"k{team.agency}", "contact_email": ""}
        name = f"MISSION PUBLIQUE {team.agency}"
        number = await add_agency(session, name=name, postal_code="57000", city="METZ", **known)
    team.sign_in(client, "stranger")
    found = (await client.get("/structures/rejoindre", params={"q": name})).text
    assert f'href="/structures/{number}/revendiquer"' in found
    page = await client.get(f"/structures/{number}/revendiquer")
    assert f'value="{name}"' in page.text
    sent = await client.post(f"/structures/{number}/revendiquer", data=FORM | {"name": name})
    assert sent.status_code == SEE_OTHER, sent.text
    assert (await client.get(f"/structures/{number}/revendiquer")).status_code == CONFLICT


async def test_asked_accepted_changed_and_left(client: httpx.AsyncClient, team: Team) -> None:
    team.sign_in(client, "stranger")
    asked = await client.post(f"/structures/{team.agency}/rejoindre")
    assert asked.headers["location"] == "/mes-structures?fait=demandee"
    assert "Demande envoyée" in (await client.get("/mes-structures")).text
    member = f"{team.url}/membres/{team.users['stranger']}"
    assert (await client.get(team.url)).status_code == NOT_FOUND
    team.sign_in(client, "admin")
    assert "attendent" in (await client.get(team.url)).text
    assert (await client.post(member, data={"action": "accepter"})).status_code == UNPROCESSABLE
    accepted = await client.post(member, data={"action": "accepter", "roles": "counsellor"})
    assert accepted.headers["location"] == f"{team.url}/membres?fait=acceptee"
    changed = {"action": "enregistrer", "roles": ["counsellor", "validator"], "notified": "1"}
    assert (await client.post(member, data=changed)).headers["location"].endswith("fait=enregistree")
    team.sign_in(client, "stranger")
    assert "deux temps" in (await client.get(team.url)).text
    assert "Quitter la structure" in (await client.get(member)).text
    left = await client.post(member, data={"action": "retirer"})
    assert left.headers["location"] == "/mes-structures?fait=quittee"


async def test_refused_and_the_last_admin_stays(client: httpx.AsyncClient, team: Team) -> None:
    team.sign_in(client, "admin")
    refused = await client.post(f"{team.url}/membres/{team.users['asking']}", data={"action": "refuser"})
    assert refused.headers["location"].endswith("fait=refusee")
    own = f"{team.url}/membres/{team.users['admin']}"
    last = await client.post(own, data={"action": "retirer"})
    assert last.status_code == CONFLICT
    assert "doit garder" in last.text


async def test_pages_show_what_the_rights_accept(client: httpx.AsyncClient, team: Team) -> None:
    people = f"{team.url}/membres"
    managed = (f"{team.url}/modifier", "Gérer les membres")
    team.sign_in(client, "admin")
    page = (await client.get(team.url)).text
    assert all(one in page for one in managed)
    assert "Inviter un ou une collègue" in (await client.get(people)).text
    team.sign_in(client, "viewer")
    page = (await client.get(team.url)).text
    assert not any(one in page for one in managed)
    seen = (await client.get(people)).text
    assert "Inviter" not in seen
    assert team.emails["asking"] not in seen
    refused = (
        ("GET", f"{team.url}/modifier"),
        ("POST", f"{team.url}/modifier"),
        ("POST", f"{team.url}/invitations"),
        ("GET", f"{people}/{team.users['admin']}"),
        ("POST", f"{people}/{team.users['admin']}"),
        ("POST", f"{team.url}/invitations/{team.users['admin']}"),
    )
    for method, path in refused:
        assert (await client.request(method, path)).status_code == FORBIDDEN, path
    for name in ("asking", "stranger"):
        team.sign_in(client, name)
        for method, path in (*refused, ("GET", team.url), ("GET", people)):
            assert (await client.request(method, path)).status_code == NOT_FOUND, path


async def test_an_admin_edits_and_invites(client: httpx.AsyncClient, team: Team) -> None:
    team.sign_in(client, "admin")
    page = (await client.get(f"{team.url}/modifier")).text
    assert 'value="Mission locale de Nantes"' in page
    form = FORM | {"delegation": "1", "delegation_ends_on": "2099-12-31", "departments": "57, 54"}
    assert (await client.post(f"{team.url}/modifier", data=form)).status_code == SEE_OTHER
    assert "31 décembre 2099" in (await client.get(team.url)).text
    assert (await client.post(f"{team.url}/modifier", data=form | {"name": ""})).status_code == UNPROCESSABLE
    wrong = await client.post(f"{team.url}/invitations", data={"email": "x", "roles": "counsellor"})
    assert (wrong.status_code, 'id="email-erreur"' in wrong.text) == (UNPROCESSABLE, True)
    email = f"nouvelle-{team.agency}@exemple.fr"
    sent = await client.post(f"{team.url}/invitations", data={"email": email, "roles": "counsellor"})
    assert sent.headers["location"].endswith("fait=invitee")
    listed = (await client.get(f"{team.url}/membres")).text
    assert email in listed
    taken = re.findall(rf'action="({team.url}/invitations/[^"]+)"', listed)[0]
    assert (await client.post(taken)).headers["location"].endswith("fait=annulee")
    assert email not in (await client.get(f"{team.url}/membres")).text


@pytest.mark.usefixtures("team")
async def test_an_admin_says_for_whom_the_referent_validates_first(
    client: httpx.AsyncClient, team: Team, api_settings: Settings
) -> None:
    """Nobody, then two publics, then one; colleagues read it, and others do not."""
    team.sign_in(client, "viewer")
    assert "L’entreprise reçoit chaque demande aussitôt" in (await client.get(team.url)).text
    refused = await client.post(f"{team.url}/validation", data={"publics": "rsa"})
    assert refused.status_code == FORBIDDEN
    team.sign_in(client, "stranger")
    assert (await client.post(f"{team.url}/validation", data={})).status_code == NOT_FOUND
    for chosen in (["rsa", "young", "rien"], ["rsa"], []):
        team.sign_in(client, "admin")
        sent = await client.post(f"{team.url}/validation", data={"publics": chosen})
        assert sent.headers["location"] == f"{team.url}?fait=modifiee"
        page = (await client.get(team.url)).text
        assert set(re.findall(r'name="publics" value="(\w+)" checked', page)) == {*chosen} - {"rien"}
        async with database(api_settings.database_url) as session:
            query = select(agencies.c.validates_first).where(agencies.c.id == team.agency)
            assert set(await session.scalar(query) or []) == {*chosen} - {"rien"}
        team.sign_in(client, "viewer")
        seen = (await client.get(team.url)).text
        assert ("<li>Personnes au RSA</li>" in seen) == ("rsa" in chosen)


async def test_who_may_accompany(client: httpx.AsyncClient) -> None:
    assert "Qui peut m’accompagner" in (await client.get("/structures")).text
    found = await client.post("/structures", data={"lieu": "Metz", "situation": "young"})
    assert found.status_code == OK
    assert "Mission locale" in found.text
    nobody = await client.post("/structures", data={"lieu": "Brest (29)", "situation": "rqth"})
    assert "doit inscrire sa structure" in nobody.text
    for wrong in (
        {"lieu": "", "situation": "young"},
        {"lieu": "Metz"},
        {"lieu": "Saint-Denis", "situation": "x"},
    ):
        answer = await client.post("/structures", data=wrong)
        assert (answer.status_code, "error-summary" in answer.text) == (UNPROCESSABLE, True)


@pytest.mark.usefixtures("team")
async def test_proposals_of_the_api(client: httpx.AsyncClient) -> None:
    path = "/api/v1/agencies/proposals"
    answer = await client.post(path, json={"insee": "57463", "situation": "young"})
    assert answer.status_code == OK
    one = answer.json()[0]
    assert (one["kind"], one["kind_label"]) == ("mission_locale", "Mission locale")
    assert (await client.post(path, json={"insee": "29019", "situation": "rqth"})).json() == []
    for wrong in (
        {"insee": "57463"},
        {"insee": "x", "situation": "young"},
        {"insee": "57463", "situation": "y"},
    ):
        assert (await client.post(path, json=wrong)).is_client_error
    assert (await client.get(path)).status_code == httpx.codes.METHOD_NOT_ALLOWED
