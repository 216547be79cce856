"""The pages of requests: the person's, and those of who accompanies them; strangers find nothing."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.cookies import SESSION_COOKIE
from data.queries import discussions, visits
from domain.discussion import Reason, Refusal, Side, Status
from domain.french import PARIS
from domain.visit import Proposal, VisitStatus
from services.discussions import deciding, visiting
from tests.api.space_callers import database
from tests.factories.discussions import World, accompany, build_world

_worlds = count(1)
NOW = datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


@pytest.fixture
async def made(starter_database: str) -> tuple[World, UUID]:
    """A person with a request, on the database that the application reads."""
    async with database(starter_database) as session:
        world = await build_world(session, NOW, f"r{next(_worlds)}-")
        await accompany(world)
        return world, await world.asked()


def signed(client: httpx.AsyncClient, world: World, name: str) -> httpx.AsyncClient:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, world.tokens[name])
    return client


async def post(client: httpx.AsyncClient, discussion: UUID, **values: Any) -> httpx.Response:  # noqa: ANN401
    return await client.post(f"/demandes/{discussion}", data=values)


async def test_the_person_follows_writes_and_withdraws(
    client: httpx.AsyncClient, made: tuple[World, UUID]
) -> None:
    world, discussion = made
    signed(client, world, "person")
    listed = await client.get("/demandes")
    assert "En cours (1)" in listed.text
    assert f"/demandes/{discussion}" in listed.text
    page = await client.get(f"/demandes/{discussion}")
    assert "boulangère chez vous" in page.text
    assert "no-store" in page.headers["cache-control"]
    assert "contact@exemple.com" not in page.text
    empty = await post(client, discussion, acte="ecrire", message=" ")
    assert empty.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "Écrivez votre message." in empty.text
    sent = await post(client, discussion, acte="ecrire", message="Je suis libre lundi.")
    assert sent.headers["location"] == f"/demandes/{discussion}?fait=message"
    assert "Je suis libre lundi." in (await client.get(f"/demandes/{discussion}")).text
    assert (await post(client, discussion, acte="retirer")).status_code == httpx.codes.SEE_OTHER
    assert (await post(client, discussion, acte="retirer")).status_code == httpx.codes.CONFLICT
    assert "Terminées (1)" in (await client.get("/demandes")).text


@pytest.mark.parametrize("name", ["stranger", "owner"])
async def test_others_find_nothing(client: httpx.AsyncClient, made: tuple[World, UUID], name: str) -> None:
    world, discussion = made
    signed(client, world, name)
    for path in ("", "/visite.ics", f"/fichiers/{discussion}"):
        if name == "owner" and path:
            continue
        assert (await client.get(f"/demandes/{discussion}{path}")).status_code == httpx.codes.NOT_FOUND
    answer = await post(client, discussion, acte="retirer")
    assert answer.status_code == httpx.codes.NOT_FOUND


async def test_a_visit_is_proposed_on_the_page_and_picked(
    client: httpx.AsyncClient, made: tuple[World, UUID], starter_database: str
) -> None:
    world, discussion = made
    signed(client, world, "person")
    day = (datetime.now(PARIS) + timedelta(days=5)).date()  # noqa: TID251 - as above
    wrong = await post(client, discussion, acte="visite", minutes="60", place="ici", **{"day.0": str(day)})
    assert wrong.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    slots = {"day.0": str(day), "hour.0": "10:00", "minutes": "60", "place": "1 rue du Four"}
    assert (await post(client, discussion, acte="visite", **slots)).status_code == httpx.codes.SEE_OTHER
    assert (await client.get(f"/demandes/{discussion}/visite.ics")).status_code == httpx.codes.CONFLICT
    async with database(starter_database) as session:
        world.session = session
        (visit,) = await visits.of_discussion(session, discussion)
        slot = datetime(day.year, day.month, day.day, 10, tzinfo=PARIS)
        assert visit.slots == (slot,)
        party = await world.party("owner", discussion)
        await visiting.pick(session, party, Side.COMPANY, visit.id, slot, NOW)
    file = await client.get(f"/demandes/{discussion}/visite.ics")
    assert file.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "STATUS:CONFIRMED" in file.text
    cancelled = await post(client, discussion, acte="annuler", visit=str(visit.id))
    assert cancelled.status_code == httpx.codes.SEE_OTHER
    assert "METHOD:CANCEL" in (await client.get(f"/demandes/{discussion}/visite.ics")).text


async def test_who_accompanies_reads_in_the_open(
    client: httpx.AsyncClient, made: tuple[World, UUID], starter_database: str
) -> None:
    world, discussion = made
    signed(client, world, "counsellor")
    assert "boulangère chez vous" in (await client.get(f"/demandes/{discussion}")).text
    page = await client.get("/accompagnement/demandes")
    assert "En cours (1)" in page.text
    assert "À rappeler" not in page.text
    async with database(starter_database) as session:
        world.session = session
        owner = await world.party("owner", discussion)
        proposal = Proposal((NOW + timedelta(hours=1),), 30, "ici")
        visit = await visiting.propose(session, owner, Side.COMPANY, proposal, NOW)
        person = await world.party("person", discussion)
        await visiting.pick(session, person, Side.CANDIDATE, visit, proposal.slots[0], NOW)
        await visits.change(session, visit, {"status": VisitStatus.NO_SHOW.value}, NOW)
        await deciding.reject(session, owner, Refusal(reason=Reason.NO_CAPACITY), NOW)
    page = await client.get("/accompagnement/demandes")
    assert "absence à une visite" in page.text
    assert "Absences aux visites : 100 %" in page.text.replace("\u00a0", " ")
    async with database(starter_database) as session:
        row = await discussions.by_id(session, discussion)
        assert row is not None
        assert row.status is Status.REJECTED
    history = await signed(client, world, "person").get("/compte/accompagnement")
    assert "Échanges consultés" in history.text
