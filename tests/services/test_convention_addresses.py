"""Nobody is replaced in a convention without being told, and no link outlives the address it was sent to."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import conventions, outbox
from domain.convention import As
from domain.errors import NotFoundError
from domain.roles import NOBODY, Role
from domain.terms import Contact
from domain.terms_checks import Part
from services.assessments import letters as assessment_letters
from services.assessments.opening import by_link
from services.conventions import reviewing
from services.conventions.drafting import keep
from services.conventions.opening import Opened, open_by
from services.conventions.sharing import share
from services.followups import Event, follow
from services.work import Work
from tests.factories.conventions import NOW, Conventions
from tests.factories.discussions import build_world
from tests.factories.people import add_active_agency, add_right, add_user
from tests.services.convention_round import Round
from tests.services.post import path_in

COUNSELLOR = "counsellor@exemple.fr"
NEW_TUTOR = Contact(first_name="Inès", last_name="Roux", function="Chef", email="ines@exemple.com")
ASKING = "assessment.asked_mail"
WRONG, RIGHT = "quelquun@exemple.com", "accueil@exemple.com"


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


async def sent_to(desk: Conventions, post: Round, convention: UUID, email: str) -> str:
    """The token of the draft's link, sent to that address of the company."""
    opened = await open_by(desk.world.session, await desk.world.actor("person"), str(convention), NOW)
    await share(desk.world.session, opened, As.COMPANY, email, NOW)
    assert await post.run() == {email: ["shared"]}
    return path_in(post.post.sent[-1]).removeprefix("/convention/").removesuffix("/entreprise")


async def _company(desk: Conventions, token: str) -> Opened:
    return await open_by(desk.world.session, NOBODY, token, NOW)


async def test_a_draft_sent_to_a_wrong_address_is_taken_back(desk: Conventions) -> None:
    convention, post = await desk.draft(), Round(desk)
    wrong = await sent_to(desk, post, convention, WRONG)
    assert (await _company(desk, wrong)).side is As.COMPANY
    right = await sent_to(desk, post, convention, RIGHT)
    with pytest.raises(NotFoundError, match="l’adresse e-mail change"):
        await _company(desk, wrong)
    assert (await _company(desk, right)).side is As.COMPANY


@pytest.mark.parametrize(("writer", "ends"), [(None, True), (As.BENEFICIARY, True), (As.COMPANY, False)])
async def test_an_address_typed_in_a_draft_ends_the_link_of_the_other_one(
    desk: Conventions, writer: As | None, ends: bool
) -> None:
    convention = await desk.draft()
    token = await sent_to(desk, Round(desk), convention, WRONG)
    terms = (await desk.row(convention)).document
    host = replace(terms.host, contact=replace(terms.host.contact, email=RIGHT))
    standing = await desk.standing("person", convention)
    await keep(desk.world.session, standing, Part.COMPANY, replace(terms, host=host), NOW, writer=writer)
    if ends:
        with pytest.raises(NotFoundError):
            await _company(desk, token)
    else:
        assert (await _company(desk, token)).standing.row.document.host.contact.email == RIGHT


async def test_another_field_of_a_side_leaves_its_link(desk: Conventions) -> None:
    convention = await desk.draft()
    token = await sent_to(desk, Round(desk), convention, RIGHT)
    terms = (await desk.row(convention)).document
    host = replace(terms.host, contact=replace(terms.host.contact, phone="+33387112233"))
    standing = await desk.standing("person", convention)
    await keep(desk.world.session, standing, Part.COMPANY, replace(terms, host=host), NOW)
    assert (await _company(desk, token)).side is As.COMPANY


async def ask_company(desk: Conventions, convention: UUID, post: Round) -> str:
    """The company's side is asked by mail, as the clock or a change had it done; the token it was sent."""
    query = select(outbox).where(outbox.c.job == ASKING).order_by(outbox.c.id.desc()).limit(1)
    row = (await desk.world.session.execute(query)).one()
    assert row.payload == {"convention": str(convention), "side": "company"}
    work = Work(row.id, row.payload, row.created_at, desk.now)
    await assessment_letters.JOBS[ASKING](desk.world.session, post.tools, work)
    return path_in(post.post.sent[-1]).removeprefix("/bilan/")


async def asked(desk: Conventions) -> int:
    query = select(func.count()).select_from(outbox).where(outbox.c.job == ASKING)
    return int((await desk.world.session.execute(query)).scalar_one())


async def change_tutor(desk: Conventions, convention: UUID, tutor: Contact) -> None:
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), tutor)


async def test_a_former_tutor_does_not_answer_in_the_name_of_the_new_one(desk: Conventions) -> None:
    convention, post = await desk.validated(), Round(desk)
    desk.now = NOW + timedelta(days=20)
    await follow(desk.world.session, Event.ASSESSMENT_ASKED, convention=str(convention), side="company")
    former = await ask_company(desk, convention, post)
    await by_link(desk.office, former)
    await change_tutor(desk, convention, NEW_TUTOR)
    with pytest.raises(NotFoundError):
        await by_link(desk.office, former)
    own = await ask_company(desk, convention, post)
    assert post.post.sent[-1]["To"] == NEW_TUTOR.email
    opened, _ = await by_link(desk.office, own)
    assert opened.tutor.email == NEW_TUTOR.email
    assert await asked(desk) == 2


async def test_a_new_tutor_is_not_asked_before_the_time(desk: Conventions) -> None:
    convention = await desk.validated()
    await change_tutor(desk, convention, NEW_TUTOR)
    assert await asked(desk) == 0


async def test_a_tutor_whose_address_stays_keeps_their_link(desk: Conventions) -> None:
    convention, post = await desk.validated(), Round(desk)
    desk.now = NOW + timedelta(days=20)
    await follow(desk.world.session, Event.ASSESSMENT_ASKED, convention=str(convention), side="company")
    token = await ask_company(desk, convention, post)
    tutor = (await desk.row(convention)).document.host.tutor
    await change_tutor(desk, convention, replace(tutor, phone="+33387112233"))
    assert (await by_link(desk.office, token))[0].tutor.phone == "+33387112233"
    assert await asked(desk) == 1
