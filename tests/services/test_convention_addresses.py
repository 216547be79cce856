"""Nobody is replaced in a convention without being told, and no link outlives the address it was sent to."""

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import conventions
from domain.roles import Role
from services.conventions import reviewing
from tests.factories.conventions import Conventions
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency, add_right, add_user
from tests.services.convention_round import Round

COUNSELLOR = "counsellor@exemple.fr"


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def test_the_counsellor_who_followed_the_person_is_told_that_they_no_longer_do(
    desk: Conventions,
) -> None:
    session, agency = desk.world.session, desk.world.agency
    own = await add_user(session, "referente.own@exemple.fr")
    await add_right(session, agency, own, (Role.COUNSELLOR,), notified=False)
    convention, post = await desk.signed(), Round(desk)
    await session.execute(update(conventions).where(conventions.c.id == convention).values(counsellor_id=own))
    await post.run()
    to = await add_active_agency(session, await add_user(session, "autre@exemple.fr"), name="Autre structure")
    standing = await desk.standing("counsellor", convention)
    await reviewing.transfer(desk.office, standing, to, "Elle a déménagé")
    read = await post.run()
    assert read["referente.own@exemple.fr"] == ["transferred_from"]
    assert read[COUNSELLOR] == ["transferred_from"]
