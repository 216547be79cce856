"""The referent of a convention: who begins it, who says so, else who decides; never nobody once validated."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import agency_rights
from domain.convention import As
from domain.errors import ConflictError, ForbiddenError
from domain.terms import Accompanying, Contact, Terms
from domain.terms_checks import Part
from services.conventions import reviewing
from services.conventions.drafting import Origin, choose_agency, faults, keep, start, submit
from services.conventions.following import take_on
from services.conventions.opening import duplicated
from services.conventions.reading import prescriber, story_of
from services.conventions.story import Line
from services.conventions.story import faults as broken
from tests.factories.conventions import KEYS, NOW, Conventions, a_document
from tests.factories.discussions import accompany, build_world
from tests.factories.people import add_active_agency
from tests.services.convention_round import Round
from tests.services.post import parts
from tests.services.test_convention_whose import OTHER


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


def alone() -> Terms:
    """Accompanied by the prescriber itself."""
    return replace(a_document(), accompanying=Accompanying())


async def referent(desk: Conventions, convention: UUID) -> UUID | None:
    return (await desk.row(convention)).counsellor_id


async def test_who_begins_one_from_nothing_is_its_referent(desk: Conventions) -> None:
    agent, mine = await desk.world.actor("counsellor"), desk.world.ids["counsellor"]
    made = await start(desk.office, agent, alone(), Origin(agency_id=desk.world.agency))
    assert made.counsellor_id == mine
    made = await start(desk.office, agent, alone(), Origin())
    assert made.counsellor_id is None
    standing = await desk.standing("counsellor", made.id)
    await choose_agency(desk.world.session, standing, desk.world.agency, NOW)
    assert await referent(desk, made.id) == mine
    other = await add_active_agency(desk.world.session, desk.world.ids["stranger"])
    await choose_agency(desk.world.session, await desk.standing("counsellor", made.id), other, NOW)
    assert await referent(desk, made.id) is None


async def test_who_copies_one_for_somebody_else_is_its_referent(desk: Conventions) -> None:
    first = await desk.submitted()
    agent, mine = await desk.world.actor("counsellor"), desk.world.ids["counsellor"]
    _, origin = duplicated(await desk.standing("counsellor", first))
    copy = (await start(desk.office, agent, alone(), origin)).id
    assert await referent(desk, copy) == mine
    theirs = replace(alone(), beneficiary=OTHER)
    row = await keep(desk.world.session, await desk.standing("counsellor", copy), Part.PERSON, theirs, NOW)
    await submit(desk.office, await desk.standing("stranger", copy), row.version)
    assert await referent(desk, copy) == desk.world.ids["stranger"]


@pytest.mark.parametrize("accompanied", [True, False])
async def test_the_draft_of_a_person_is_followed_once_somebody_does(
    desk: Conventions, accompanied: bool
) -> None:
    if accompanied:
        await accompany(desk.world)
    convention = await desk.submitted(alone())
    assert await referent(desk, convention) == (desk.world.ids["counsellor"] if accompanied else None)


async def test_who_wrote_it_follows_what_another_sends(desk: Conventions) -> None:
    agent = await desk.world.actor("counsellor")
    origin = Origin(agency_id=desk.world.agency, beneficiary_id=desk.world.beneficiary)
    draft = (await start(desk.office, agent, alone(), origin)).id
    standing = await desk.standing("person", draft)
    row = replace(standing.row, counsellor_id=None)
    await submit(desk.office, replace(standing, row=row), 1)
    assert await referent(desk, draft) == desk.world.ids["counsellor"]


async def test_an_agent_takes_it_on(desk: Conventions) -> None:
    convention = await desk.signed(alone())
    session = desk.world.session
    with pytest.raises(ForbiddenError):
        await take_on(desk.office, await desk.standing("person", convention))
    await take_on(desk.office, await desk.standing("stranger", convention))
    found = await prescriber(session, await desk.row(convention))
    assert found is not None
    assert found.referent == "Stranger"
    with pytest.raises(ConflictError, match="déjà"):
        await take_on(desk.office, await desk.standing("stranger", convention))
    await take_on(desk.office, await desk.standing("counsellor", convention))
    assert await referent(desk, convention) == desk.world.ids["counsellor"]
    lines = await story_of(session, await desk.standing("person", convention))
    assert [one.who.rpartition(" : ")[2] for one in lines if one.kind is Line.FOLLOWED] == [
        *("Stranger", "Counsellor")
    ]
    assert await broken(session, await desk.row(convention), KEYS) == ()


async def taken_over(desk: Conventions) -> tuple[UUID, Round]:
    """A convention that its counsellor followed until a colleague took it on."""
    convention, post = await desk.signed(alone()), Round(desk)
    await take_on(desk.office, await desk.standing("counsellor", convention))
    await post.run()
    await take_on(desk.office, await desk.standing("stranger", convention))
    return convention, post


async def test_who_followed_it_before_is_told_who_does_now(desk: Conventions) -> None:
    _, post = await taken_over(desk)
    assert await post.run() == {"counsellor@exemple.fr": ["taken_on"]}
    text, _ = parts(post.post.sent[-1])
    assert "Stranger suit maintenant la convention de l’immersion de Zoé Durand" in text
    assert "Vous n’avez rien à faire." in text


async def test_who_left_the_agency_is_told_nothing(desk: Conventions) -> None:
    _, post = await taken_over(desk)
    mine = agency_rights.c.user_id == desk.world.ids["counsellor"]
    await desk.world.session.execute(delete(agency_rights).where(mine))
    assert await post.run() == {}


async def test_who_follows_it_again_is_told_nothing(desk: Conventions) -> None:
    convention, post = await taken_over(desk)
    await take_on(desk.office, await desk.standing("counsellor", convention))
    assert await post.run() == {"stranger@exemple.fr": ["taken_on"]}


async def test_who_decides_is_the_referent_when_nobody_is(desk: Conventions) -> None:
    convention = await desk.signed(alone())
    assert await referent(desk, convention) is None
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    assert await referent(desk, convention) == desk.world.ids["counsellor"]
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    assert await referent(desk, convention) == desk.world.ids["counsellor"]
    with pytest.raises(ConflictError, match="écrite dans le document"):
        await take_on(desk.office, await desk.standing("stranger", convention))


async def test_who_validates_alone_is_the_referent_when_nobody_is(desk: Conventions) -> None:
    convention = await desk.signed(alone())
    standing = await desk.standing("stranger", convention)
    standing = replace(standing, row=replace(standing.row, two_step=False))
    assert As.VALIDATOR in standing.whom
    await reviewing.validate(desk.office, standing)
    assert await referent(desk, convention) == desk.world.ids["stranger"]


async def test_another_structure_is_named_with_its_referent(desk: Conventions) -> None:
    convention = await desk.draft()
    row = await desk.row(convention)
    path = "accompanying.contact."
    nobody = replace(a_document(), accompanying=Accompanying(structure="Cap Sud"))
    wanted = [one.field for one in await faults(desk.world.session, row, nobody, NOW)]
    assert wanted == [f"{path}first_name", f"{path}last_name", f"{path}function"]
    lila = Contact(first_name="Lila", last_name="Moreau", function="Référente", email="lila")
    whole = replace(nobody, accompanying=Accompanying(structure="Cap Sud", contact=lila))
    assert [one.field for one in await faults(desk.world.session, row, whole, NOW)] == [f"{path}email"]
