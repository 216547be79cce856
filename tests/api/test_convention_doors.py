"""A convention over HTTP between several: its link, its request, templates, copies, changes once sent."""

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import insert, select

from api.cookies import SESSION_COOKIE
from api.pages.convention_schedule import (
    SEEN_DATES,
    SEEN_DAYS,
    SEEN_WEEK,
    dates_text,
    days_text,
    week_shown,
    week_text,
)
from data.queries import conventions, links
from data.queries.conventions import ConventionRow
from data.session import SessionMaker
from data.tables import beneficiaries, companies, outbox, referrals
from domain.convention import As
from services.conventions.draft_links import subject
from services.links import Purpose
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
    now,
    somebody,
)
from tests.api.space_callers import People, add_people, sign_up
from tests.factories.discussions import World, add_request
from tests.factories.people import add_active_agency

VERSION = re.compile(r'name="version" value="(\d+)"')


@dataclass
class Town:
    """A bakery's people, an agency, a candidate, and their sessions."""

    client: httpx.AsyncClient
    maker: SessionMaker
    people: People
    agency: int
    tokens: dict[str, str]
    users: dict[str, UUID]
    beneficiary: UUID

    def as_(self, name: str) -> None:
        """From now on the client calls as that person; nobody when the name is empty."""
        self.client.cookies.clear()
        if name:
            self.client.cookies.set(SESSION_COOKIE, self.tokens[name])

    async def row(self, url: str) -> ConventionRow:
        """The convention of an address with its id."""
        async with self.maker() as session:
            found = await conventions.by_id(session, UUID(url.split("/")[2]))
        assert found is not None
        return found

    async def sent(self) -> str:
        """A convention that the agent prepared and sent; its page's address."""
        self.as_("agent")
        url = await begin(self.client)
        await fill(self.client, url, self.agency)
        version = VERSION.search((await self.client.get(f"{url}/relire")).text)
        assert version
        answer = await self.client.post(f"{url}/relire", data={"version": version[1]})
        assert answer.status_code == SEEN, answer.text
        return f"/conventions/{url.rpartition('/')[2]}"


@pytest.fixture
async def town(api_app: Litestar, client: httpx.AsyncClient) -> Town:
    maker: SessionMaker = api_app.state.maker
    async with maker() as session, session.begin():
        people = await add_people(session)
        made = {name: await sign_up(session, name) for name in ("agent", "person")}
        agency = await add_active_agency(session, made["agent"][0])
        person = insert(beneficiaries).values(user_id=made["person"][0], created_at=now(), updated_at=now())
        found: UUID = (await session.execute(person.returning(beneficiaries.c.id))).scalar_one()
        referral = {"beneficiary_id": found, "agency_id": agency, "user_id": made["agent"][0]}
        agreed = {"since": now(), "consent": "account", "consented_at": now()}
        await session.execute(insert(referrals).values(**referral, **agreed))
    tokens = {name: one[1] for name, one in made.items()} | people.tokens
    return Town(client, maker, people, agency, tokens, {name: one[0] for name, one in made.items()}, found)


async def asked(town: Town) -> UUID:
    """A request of the candidate that the bakery accepted."""
    async with town.maker() as session, session.begin():
        world = World(session, {}, {}, town.beneficiary, town.people.company, 0, town.agency, now())
        return await add_request(world, now(), status="accepted", answered_at=now(), told="here")


async def test_the_two_sides_of_a_request_write_one_draft(town: Town) -> None:
    discussion = await asked(town)
    town.as_("person")
    page = await town.client.get(f"/demandes/{discussion}")
    assert f"/convention/nouvelle?demande={discussion}" in page.text
    start = await town.client.get(f"/convention/nouvelle?demande={discussion}")
    assert "Fournil de la Gare" in start.text
    url = await begin(town.client, demande=str(discussion))
    assert (await town.row(url)).agency_id == town.agency
    town.as_("admin")
    page = await town.client.get(f"/convention/nouvelle?demande={discussion}")
    assert f'href="{url}"' in page.text
    assert await begin(town.client, demande=str(discussion)) == url
    mine = await town.client.get(f"{url}/personne")
    assert mine.status_code == OK
    assert 'name="beneficiary.situation"' not in mine.text
    assert await begin(town.client, demande=str(discussion), autre="1") != url
    town.as_("stranger")
    assert (await town.client.get(url)).status_code == httpx.codes.NOT_FOUND
    refused = await town.client.get(f"/convention/nouvelle?demande={discussion}")
    assert refused.status_code == httpx.codes.NOT_FOUND


async def test_its_link_is_sent_to_the_other_side_for_its_part(town: Town) -> None:
    town.as_("")
    url = await begin(town.client)
    wrong = await town.client.post(f"{url}/partager", data={"a": "company", "email.company": "anne"})
    assert wrong.status_code == UNPROCESSABLE
    assert 'href="#email-company"' in wrong.text
    to = f"anne-{town.people.company}@exemple.com"
    sent = await town.client.post(f"{url}/partager", data={"a": "company", "email.company": to})
    assert sent.headers["location"] == f"{url}?fait=lien"
    assert to in (await town.client.get(f"{url}/entreprise")).text
    async with town.maker() as session, session.begin():
        query = select(outbox.c.payload).where(outbox.c.job == "convention.shared")
        payload = list(await session.scalars(query.order_by(outbox.c.id)))[-1]
        assert payload["whom"] == "company"
        about = subject(UUID(payload["convention"]), As.COMPANY)
        token = f"shared-{town.people.company}"
        await links.mint(session, token, Purpose.CONVENTION_DRAFT, about, now(), now().replace(year=2100))
    assert to not in str(payload)
    theirs = await town.client.get(f"/convention/{token}/personne")
    assert theirs.status_code == OK
    assert 'name="beneficiary.situation"' not in theirs.text
    assert 'name="beneficiary.situation"' in (await town.client.get(f"{url}/personne")).text


async def test_names_that_carry_an_address_are_sent_to_nobody(town: Town) -> None:
    town.as_("")
    url = await begin(town.client)
    spam = {**somebody(), "beneficiary.first_name": "Gagnez sur www.exemple.com"}
    await town.client.post(f"{url}/personne", data=spam)
    answer = await town.client.post(
        f"{url}/partager", data={"a": "company", "email.company": "a@exemple.com"}
    )
    assert answer.status_code == UNPROCESSABLE
    assert "www.exemple.com" in answer.text


async def test_links_are_counted_by_address(town: Town) -> None:
    town.as_("")
    url = await begin(town.client)
    form = {"a": "beneficiary", "email.beneficiary": f"zoe-{town.people.company}@exemple.fr"}
    answers = [await town.client.post(f"{url}/partager", data=form) for _ in range(6)]
    assert [one.status_code for one in answers] == [SEEN] * 5 + [httpx.codes.TOO_MANY_REQUESTS]


async def test_a_template_is_kept_used_and_deleted(town: Town) -> None:
    town.as_("agent")
    url = await begin(town.client)
    await fill(town.client, url, town.agency)
    refused = await town.client.post(f"{url}/modele", data={"label": "", "owner": f"agency-{town.agency}"})
    assert refused.status_code == UNPROCESSABLE
    kept = await town.client.post(
        f"{url}/modele", data={"label": "Fournil", "owner": f"agency-{town.agency}"}
    )
    assert kept.headers["location"] == f"{url}?fait=modele"
    page = await town.client.get("/conventions/modeles")
    template = re.search(r"modele=([0-9a-f-]{36})", page.text)
    assert template
    assert "Durand" not in page.text
    again = await begin(town.client, modele=template[1])
    row = await town.row(again)
    assert row.document.activity.tasks == ACTIVITY["activity.tasks"]
    assert row.document.beneficiary.name == ""
    town.as_("admin")
    assert template[1] not in (await town.client.get("/conventions/modeles")).text
    address = f"/conventions/modeles/{template[1]}/supprimer"
    assert (await town.client.post(address)).status_code == httpx.codes.NOT_FOUND
    town.as_("agent")
    assert (await town.client.post(address)).status_code == SEEN
    assert template[1] not in (await town.client.get("/conventions/modeles")).text


async def test_a_copy_has_no_dates(town: Town) -> None:
    page = await town.sent()
    answer = await town.client.post(f"{page}/dupliquer")
    copied = await town.row(answer.headers["location"])
    assert (copied.starts_on, copied.status) == (None, "draft")
    assert copied.document.activity.tasks == ACTIVITY["activity.tasks"]
    town.as_("stranger")
    assert (await town.client.post(f"{page}/dupliquer")).status_code == httpx.codes.NOT_FOUND


async def test_the_same_convention_twice_leads_to_the_first_those_who_may_see_it(town: Town) -> None:
    page = await town.sent()
    answer = await town.client.post(f"{page}/dupliquer")
    url = answer.headers["location"]
    twin = await town.client.post(f"{url}/horaires", data={**dates(), "action": "continuer"})
    assert twin.status_code == UNPROCESSABLE
    assert "existe déjà" in twin.text
    version = VERSION.search((await town.client.get(f"{url}/relire")).text)
    assert version
    refused = await town.client.post(f"{url}/relire", data={"version": version[1]})
    assert refused.status_code == CONFLICT
    assert f'href="{page}"' in refused.text


def form_of(row: ConventionRow, **changed: str) -> dict[str, str]:
    """The page that changes a convention, as a browser posts it."""
    terms = row.document
    person = {name: value for name, value in somebody().items() if "name" not in name and "email" not in name}
    own = {
        "beneficiary.first_name": terms.beneficiary.first_name,
        "beneficiary.last_name": terms.beneficiary.last_name,
        "beneficiary.email": terms.beneficiary.email,
    }
    posted = {**person, **own, **COMPANY, **ACTIVITY, "version": str(row.version)}
    posted |= {"starts_on": str(terms.starts_on), "ends_on": str(terms.ends_on), "action": "verifier"}
    return posted | changed


async def test_a_change_is_shown_then_saved_and_signatures_are_asked_again(town: Town) -> None:
    page = await town.sent()
    row = await town.row(page)
    same = await town.client.post(f"{page}/modifier", data=form_of(row))
    assert same.status_code == CONFLICT
    assert "rien changé" in same.text
    changed = {"activity.tasks": "Vendre et ranger."}
    shown = await town.client.post(f"{page}/modifier", data=form_of(row, **changed))
    assert shown.status_code == OK
    assert "Toutes les signatures seront redemandées" in shown.text
    assert "<strong>Vendre et ranger.</strong>" in shown.text
    assert (await town.row(page)).version == row.version
    wrong = await town.client.post(f"{page}/modifier", data=form_of(row, **{"activity.tasks": ""}))
    assert wrong.status_code == UNPROCESSABLE
    saved = await town.client.post(f"{page}/modifier", data=form_of(row, action="enregistrer", **changed))
    assert saved.status_code == SEEN, saved.text
    after = await town.row(page)
    assert (after.version, after.document.activity.tasks) == (row.version + 1, "Vendre et ranger.")
    assert after.document.schedule == row.document.schedule


async def test_a_change_that_makes_a_twin_leads_to_the_other(town: Town) -> None:
    other, page = await town.sent(), await town.sent()
    row, person = await town.row(page), (await town.row(other)).document.beneficiary
    same = {"beneficiary.email": person.email, "beneficiary.last_name": person.last_name}
    refused = await town.client.post(f"{page}/modifier", data=form_of(row, **same))
    assert refused.status_code == UNPROCESSABLE
    assert "Une convention existe déjà" in refused.text
    assert f'<a href="{other}">Ouvrir la convention qui existe déjà</a>' in refused.text


async def test_two_changes_at_once_are_shown_together(town: Town) -> None:
    page = await town.sent()
    row = await town.row(page)
    first = form_of(row, action="enregistrer", **{"activity.tasks": "Vendre et ranger."})
    assert (await town.client.post(f"{page}/modifier", data=first)).status_code == SEEN
    second = form_of(row, action="enregistrer", **{"activity.safety": "Gants."})
    stale = await town.client.post(f"{page}/modifier", data=second)
    assert stale.status_code == CONFLICT
    assert "Ce que l’autre personne a changé" in stale.text
    assert "<strong>Vendre et ranger.</strong>" in stale.text
    assert ">\nVendre et ranger.</textarea>" in stale.text
    assert ">\nGants.</textarea>" in stale.text
    both = form_of(
        await town.row(page),
        action="enregistrer",
        **{"activity.safety": "Gants.", "activity.tasks": "Vendre et ranger."},
    )
    assert (await town.client.post(f"{page}/modifier", data=both)).status_code == SEEN
    activity = (await town.row(page)).document.activity
    assert (activity.tasks, activity.safety) == ("Vendre et ranger.", "Gants.")


PARENT = {
    "representative.first_name": "Léon",
    "representative.last_name": "Durand",
    "representative.function": "Père",
    "representative.email": "leon@exemple.fr",
}


def seen(row: ConventionRow) -> dict[str, str]:
    """The timetable that the page showed, which comes back with it."""
    terms = row.document
    return {
        SEEN_WEEK: week_text(week_shown(terms)),
        SEEN_DAYS: days_text(terms.schedule),
        SEEN_DATES: dates_text(terms),
    }


async def test_a_first_day_that_makes_a_minor_or_an_adult_asks_for_the_parent_or_lets_them_go(
    town: Town,
) -> None:
    page = await town.sent()
    row = await town.row(page)
    first = next_monday()
    born = {"beneficiary.birth_date": first.replace(year=first.year - 18).isoformat()}
    early = born | seen(row) | dates(first - timedelta(days=7))
    refused = await town.client.post(f"{page}/modifier", data=form_of(row, **early))
    assert refused.status_code == UNPROCESSABLE
    assert "moins de 18 ans le premier jour" in refused.text
    assert 'Complétez <a href="#representant">' in refused.text
    assert 'href="#representative-last_name"' in refused.text
    assert 'href="#activity-hazards_checked"' in refused.text
    assert re.search(r'<details[^>]* id="representant"[^>]* open>', refused.text)
    whole = early | PARENT | {"activity.hazards_checked": "1", "action": "enregistrer"}
    saved = await town.client.post(f"{page}/modifier", data=form_of(row, **whole))
    assert saved.status_code == SEEN, re.findall(r'<a href="#[^>]*>[^<]*', saved.text)
    minor = await town.row(page)
    assert minor.document.representative.name == "Léon Durand"
    assert As.REPRESENTATIVE in {one.whom for one in minor.signatories}

    late = born | PARENT | seen(minor) | dates(first)
    posted = form_of(minor, **late, **{"activity.hazards_checked": "1"})
    shown = await town.client.post(f"{page}/modifier", data=posted)
    assert shown.status_code == OK
    assert "18 ans ou plus le premier jour" in shown.text
    assert "<dt>Nom du représentant légal</dt><dd>Durand →" in shown.text
    assert 'value="Léon"' in shown.text
    again = form_of(minor, action="enregistrer", **late)
    assert (await town.client.post(f"{page}/modifier", data=again)).status_code == SEEN
    adult = await town.row(page)
    assert not adult.document.representative
    assert As.REPRESENTATIVE not in {one.whom for one in adult.signatories}
    assert "le premier jour.</strong>" not in (await town.client.get(f"{page}/modifier")).text


async def test_the_timetable_of_a_sent_convention_is_drawn_again_before_it_is_saved(town: Town) -> None:
    page = await town.sent()
    row = await town.row(page)
    first = next_monday()
    day = f"jour.{first.isoformat()}"
    posted = form_of(row, **{f"{day}.0.debut": "06:00", f"{day}.0.fin": "19:00"})
    totals = await town.client.post(f"{page}/modifier/calcul", data=posted)
    assert "13 h en tout" in totals.text
    drawn = form_of(row, **{**dates(first), "ends_on": first.isoformat(), "action": "dessiner"})
    shown = await town.client.post(f"{page}/modifier", data=drawn)
    assert shown.status_code == OK
    assert "1 jour, 7 h en tout" in shown.text
    assert (await town.row(page)).document.schedule == row.document.schedule


async def test_only_its_people_change_what_was_sent(town: Town) -> None:
    page = await town.sent()
    for name, status in (("stranger", httpx.codes.NOT_FOUND), ("", SEEN)):
        town.as_(name)
        assert (await town.client.get(f"{page}/modifier")).status_code == status


async def test_a_company_begins_with_its_siret(town: Town) -> None:
    town.as_("")
    page = await town.client.get(f"/convention/nouvelle?entreprise={town.people.siret}")
    assert "Fournil de la Gare" in page.text
    url = await begin(town.client, entreprise=town.people.siret)
    filled = await town.client.get(f"{url}/entreprise")
    assert town.people.siret in filled.text
    async with town.maker() as session:
        query = select(companies.c.contact_email).where(companies.c.id == town.people.company)
        assert (await session.scalar(query) or "@") not in filled.text.split("<main")[1]
