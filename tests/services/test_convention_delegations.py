"""One rule of delegations, whichever door asks it: the agency that validates needs its own, not another's."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from api.pages.convention_page import handed_to
from data.tables import agencies
from domain.convention import As, Move, Status
from domain.errors import ConflictError, InvalidInputError
from services.conventions import prescribers, reviewing
from services.conventions.drafting import choose_agency, submit
from services.conventions.prescribers import Wanted
from tests.factories.conventions import NOW, Conventions
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency, add_user
from tests.services.convention_round import Round

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    """Its stranger validates in the world's agency."""
    return Conventions(await build_world(reference))


async def refer(desk: Conventions) -> None:
    """The world's agency, whose own delegation ended, refers to another where the owner validates."""
    session = desk.world.session
    other = await add_active_agency(session, desk.world.ids["owner"], name="Grande structure")
    values = {"refers_to": other, "delegation_ends_on": YESTERDAY}
    await session.execute(update(agencies).where(agencies.c.id == desk.world.agency).values(values))


async def ended(desk: Conventions) -> int:
    """An active agency whose delegation ended."""
    user = await add_user(desk.world.session, "valide@exemple.fr")
    return await add_active_agency(
        desk.world.session, user, name="Association Finie", delegation_ends_on=YESTERDAY
    )


async def test_what_is_offered_is_sent_then_validated_by_the_agency_referred_to(desk: Conventions) -> None:
    await refer(desk)
    found = await prescribers.find(desk.world.session, Wanted(words="Mission"), TODAY)
    assert desk.world.agency in {one.id for one in found}
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("owner", convention))
    assert (await desk.row(convention)).status is Status.VALIDATED


async def test_who_validates_in_the_agency_that_refers_does_not_validate(desk: Conventions) -> None:
    await refer(desk)
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    own = await desk.standing("stranger", convention)
    assert As.VALIDATOR in own.whom
    assert own.moves() >= {Move.REJECT, Move.EDIT, Move.TRANSFER}
    assert Move.VALIDATE not in own.moves()
    with pytest.raises(ConflictError, match="autre structure valide"):
        await reviewing.validate(desk.office, own)
    read = await Round(desk).run()
    assert "to_review_agency" in read["owner@exemple.fr"]
    assert "to_review_agency" not in read.get("stranger@exemple.fr", [])


async def test_an_agency_whose_delegation_ended_is_neither_chosen_nor_sent_to(desk: Conventions) -> None:
    agency, session = await ended(desk), desk.world.session
    assert await prescribers.find(session, Wanted(words="Finie"), TODAY) == ()
    convention = await desk.draft(agency_id=agency)
    standing = await desk.standing("person", convention)
    for refused in (
        choose_agency(session, standing, agency, NOW),
        submit(desk.office, standing, standing.row.version),
    ):
        with pytest.raises(InvalidInputError) as error:
            await refused
        assert [(one.field, "sa délégation" in one.message) for one in error.value.errors] == [
            ("agency", True)
        ]


async def test_a_convention_is_not_handed_over_to_an_agency_whose_delegation_ended(desk: Conventions) -> None:
    agency, session = await ended(desk), desk.world.session
    convention = await desk.submitted()
    standing = await desk.standing("counsellor", convention)
    with pytest.raises(InvalidInputError) as error:
        await reviewing.transfer(desk.office, standing, agency, "Elle déménage")
    assert [one.field for one in error.value.errors] == ["agency"]
    assert await handed_to(session, standing, "Finie", TODAY) == ()
    await session.execute(update(agencies).where(agencies.c.id == agency).values(delegation_ends_on=TODAY))
    assert [one.id for one in await handed_to(session, standing, "Finie", TODAY)] == [agency]
    await reviewing.transfer(desk.office, standing, agency, "Elle déménage")
    assert (await desk.row(convention)).agency_id == agency
