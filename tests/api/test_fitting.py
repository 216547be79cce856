"""Who fits an offer: only people accompanied now, best first, too far last, nothing to anybody else."""

import re
from datetime import UTC, datetime
from itertools import count

import httpx
import pytest
from sqlalchemy import insert, select, update

from api.cookies import SESSION_COOKIE
from data.tables import beneficiaries, communes, companies, offers, referrals, rome_occupation_skills
from services.passports import declare_skills, passport_for
from tests.api.conftest import until
from tests.api.space_callers import database
from tests.factories.companies import add_company
from tests.factories.discussions import World, accompany, build_world

_worlds = count(1)
NOW = datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


@pytest.fixture
async def world(starter_database: str) -> World:
    """A counsellor who accompanies the person, who has skills of the job, and another who has none."""
    async with database(starter_database) as session:
        world = await build_world(session, NOW, f"f{next(_worlds)}-")
        await accompany(world)
        codes = (
            select(rome_occupation_skills.c.skill).where(rome_occupation_skills.c.rome == "D1102").limit(5)
        )
        held = list((await session.scalars(codes)).all())
        passport = await passport_for(session, world.beneficiary, NOW)
        await declare_skills(session, passport, held, NOW)
        paris = await session.scalar(select(communes.c.insee).where(communes.c.name == "Paris"))
        named = {"first_name": "Zoé", "last_name": "Durand", "insee": paris}
        await session.execute(
            update(beneficiaries).where(beneficiaries.c.id == world.beneficiary).values(**named)
        )
        other = insert(beneficiaries).values(
            first_name="Ali", last_name="Sans", created_at=NOW, updated_at=NOW
        )
        for _ in range(60):  # more of the same occupation next door than a page of search has
            await add_company(session, updated_at=NOW)
        second = (await session.execute(other.returning(beneficiaries.c.id))).scalar_one()
        known = {"agency_id": world.agency, "user_id": world.ids["counsellor"], "since": NOW}
        agreed = {"consent": "beside", "consented_at": NOW, "beneficiary_id": second}
        await session.execute(insert(referrals).values(**known, **agreed))
    return world


async def page(client: httpx.AsyncClient, world: World, name: str) -> httpx.Response:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, world.tokens[name])
    return await client.get(f"/accompagnement/offre/{world.offer}")


async def test_people_are_shown_with_their_reasons(client: httpx.AsyncClient, world: World) -> None:
    async def indexed() -> bool:
        return "Sait déjà faire" in (await page(client, world, "counsellor")).text

    await until(indexed, seconds=60)
    found = (await page(client, world, "counsellor")).text
    assert "Zoé Durand" in found
    reasons = re.findall(r"<li>(.*compétence.*)</li>", found)
    assert len(reasons) == 1
    assert "ses " in reasons[0]
    assert "vous cherchez" not in found
    assert "fiche mise à jour" not in found
    assert "Ali Sans" in found.split("Sans passeport")[1]
    for name in ("person", "owner"):
        assert (await page(client, world, name)).status_code == httpx.codes.NOT_FOUND
    strangers = await page(client, world, "stranger")
    assert strangers.status_code == httpx.codes.OK
    assert "Zoé" not in strangers.text
    assert "Aucune personne" in strangers.text


async def test_an_offer_that_is_gone(client: httpx.AsyncClient, world: World, starter_database: str) -> None:
    async with database(starter_database) as session:
        gone = select(offers.c.company_id).where(offers.c.id == world.offer).scalar_subquery()
        await session.execute(update(companies).where(companies.c.id == gone).values(closed_at=NOW))
    assert (await page(client, world, "counsellor")).status_code == httpx.codes.NOT_FOUND
