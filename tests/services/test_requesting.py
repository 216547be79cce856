"""A request from its first letter to the company: kept, proved, sent once, whoever writes it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sealing import Sealer
from data.queries import discussions, sessions
from data.queries.passports import create
from data.session import create_engine, create_maker
from data.tables import (
    agencies,
    beneficiaries,
    companies,
    company_places,
    contact_drafts,
    discussion_files,
    offers,
    passports,
    rome_occupations,
    users,
)
from data.tables import discussions as requests
from domain.agency import Situation
from domain.contact_request import ContactRequest
from domain.cv import CvFault
from domain.discussion import Status
from domain.errors import ConflictError, ExpiredError, InvalidInputError, NotFoundError, TwinError
from domain.private import Line, Private
from domain.roles import NOBODY, Acting, Actor
from services.accounts.entering import Browser
from services.accounts.private_lines import tell
from services.discussions import drafting, requesting
from services.discussions.drafting import Draft, Holder
from services.links import KINDS, Purpose
from tests.clients.test_pdf import pdf, script_at_opening
from tests.factories.companies import add_company, add_place
from tests.factories.discussions import NOW, REQUEST, World, accompany, build_world
from tests.factories.reference import add_reference
from tests.services.company_helpers import job_names
from tests.services.post import Post, last_work, parts, path_in, tools

SEALER = Sealer("", "k" * 32)
ANYBODY = Holder("browser-token", NOBODY)
EMAIL = "zoe.durand@exemple.fr"
TYPED = replace(REQUEST, email=EMAIL)
BROWSER = Browser(session_token="", user_agent="Firefox")


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


async def kept(world: World, holder: Holder = ANYBODY, request: ContactRequest = TYPED) -> Draft:
    return await drafting.keep(world.session, holder, world.offer, request, "", NOW)


async def mailed(world: World, draft: Draft) -> str:
    """Ask for the link of a draft, and read it in the mail; its token."""
    await requesting.ask_proof(world.session, draft, NOW)
    post = Post()
    work = replace(await last_work(world.session, "request.proof_mail"), now=NOW)
    await requesting.proof_mail(world.session, tools(post), work)
    assert post.sent[0]["To"] == draft.request.email
    return path_in(post.sent[0]).removeprefix("/demande/preuve/")


async def signed_in(world: World, name: str = "person") -> Holder:
    return Holder("browser-token", await world.actor(name))


async def count(session: AsyncSession, table: Table) -> int:
    return int((await session.scalar(select(func.count()).select_from(table))) or 0)


async def test_a_draft_is_found_again_by_who_began_it_alone(world: World) -> None:
    unfinished = replace(TYPED, message="Je", phone="12", first_name="Z" * 300)
    draft = await kept(world, request=unfinished)
    again = await drafting.find(world.session, ANYBODY, world.offer)
    assert again == draft
    assert (draft.request.message, draft.request.email) == ("Je", EMAIL)
    assert len(draft.request.first_name) == 100
    for other in (Holder("another", NOBODY), Holder("", NOBODY)):
        assert await drafting.find(world.session, other, world.offer) is None
    assert await drafting.find(world.session, ANYBODY, world.offer + 1) is None
    row = (await world.session.execute(select(contact_drafts))).one()
    assert "browser-token" not in str(row)


async def test_signing_in_takes_the_draft_along_and_keeps_it_from_others(world: World) -> None:
    draft = await kept(world)
    mine = await signed_in(world)
    assert (await kept(world, mine)).id == draft.id
    assert await drafting.find(world.session, ANYBODY, world.offer) is None
    assert await drafting.find(world.session, await signed_in(world, "stranger"), world.offer) is None
    agent = await world.actor("counsellor")
    acting = replace(agent, acting=Acting(world.beneficiary, world.agency, None, "Zoé"))
    fresh = await kept(world, ANYBODY)
    assert await drafting.find(world.session, Holder("browser-token", acting), world.offer) is None
    assert (await kept(world, Holder("browser-token", acting))).id not in {draft.id, fresh.id}
    assert await count(world.session, contact_drafts) == 3


async def test_what_is_known_is_not_asked_again(world: World) -> None:
    person = await world.actor("person")
    await world.session.execute(
        update(beneficiaries).where(beneficiaries.c.id == world.beneficiary).values(last_name="Durand")
    )
    found = await drafting.known(world.session, person, "", None)
    assert (found.first_name, found.last_name, found.email) == ("Person", "Durand", "person@exemple.fr")
    agent = await world.actor("counsellor")
    acting = replace(agent, acting=Acting(world.beneficiary, world.agency, None, "Zoé"))
    found = await drafting.known(world.session, acting, "", None)
    assert (found.first_name, found.last_name, found.email, found.phone) == ("", "Durand", "", "")
    assert await drafting.known(world.session, NOBODY, "", None) == ContactRequest()


async def test_an_account_asks_at_once_and_the_cv_goes_along(world: World) -> None:
    mine = await signed_in(world)
    draft = await kept(world, mine)
    await drafting.add_cv(world.session, draft.id, "C:\\cv Zoé.pdf", pdf(), NOW)
    await drafting.add_cv(world.session, draft.id, "cv2.pdf", pdf(), NOW)
    made = await requesting.send_now(world.session, SEALER, mine.actor, draft, NOW)
    row = await discussions.by_id(world.session, made)
    assert row is not None
    assert (row.status, row.beneficiary_id, row.agent_id) == (Status.PENDING, world.beneficiary, None)
    file = (await world.session.execute(select(discussion_files))).one()
    assert (file.discussion_id, file.draft_id, file.name) == (made, None, "cv2.pdf")
    assert await count(world.session, contact_drafts) == 0


async def test_a_cv_that_acts_is_refused_and_one_is_removed(world: World) -> None:
    draft = await kept(world)
    with pytest.raises(InvalidInputError) as error:
        await drafting.add_cv(world.session, draft.id, "cv.pdf", pdf(script_at_opening), NOW)
    assert error.value.errors[0].code == CvFault.ACTIVE
    await drafting.add_cv(world.session, draft.id, "cv.pdf", pdf(), NOW)
    found = await drafting.find(world.session, ANYBODY, world.offer)
    assert found is not None
    assert found.cv is not None
    assert found.cv.name == "cv.pdf"
    await drafting.remove_cv(world.session, draft.id)
    await drafting.remove_cv(world.session, draft.id)
    assert await count(world.session, discussion_files) == 0


async def test_an_agent_asks_for_the_person_whose_file_is_open(world: World) -> None:
    await accompany(world)
    acting = Acting(world.beneficiary, world.agency, None, "Zoé")
    actor = replace(await world.actor("counsellor"), acting=acting)
    draft = await kept(world, Holder("browser-token", actor))
    made = await requesting.send_now(world.session, SEALER, actor, draft, NOW)
    row = await discussions.by_id(world.session, made)
    assert row is not None
    assert (row.beneficiary_id, row.agent_id) == (world.beneficiary, actor.user)
    assert (row.agency_id, row.status) == (world.agency, Status.PENDING)


async def test_the_situation_told_decides_whether_the_referent_validates(world: World) -> None:
    await accompany(world)
    first = {"validates_first": [Situation.RSA.value]}
    await world.session.execute(update(agencies).where(agencies.c.id == world.agency).values(**first))
    mine = await signed_in(world)
    told = Private(situation=Situation.RSA)
    await tell(world.session, SEALER, mine.actor, told, {Line.SITUATION}, NOW, parent_agrees=False)
    made = await requesting.send_now(world.session, SEALER, mine.actor, await kept(world, mine), NOW)
    row = await discussions.by_id(world.session, made)
    assert row is not None
    assert row.status is Status.AWAITING_REFERENT


async def test_the_button_pressed_twice_makes_one_request(world: World) -> None:
    mine = await signed_in(world)
    first = await requesting.send_now(world.session, SEALER, mine.actor, await kept(world, mine), NOW)
    later = NOW + timedelta(seconds=20)
    again = await requesting.send_now(world.session, SEALER, mine.actor, await kept(world, mine), later)
    assert again == first
    assert await count(world.session, contact_drafts) == 0
    draft = await kept(world, mine)
    with pytest.raises(TwinError) as error:
        await requesting.send_now(world.session, SEALER, mine.actor, draft, NOW + timedelta(minutes=2))
    assert error.value.existing == str(first)
    assert await count(world.session, contact_drafts) == 1


async def test_the_address_is_proved_first_then_all_follows(world: World) -> None:
    draft = await kept(world)
    await drafting.add_cv(world.session, draft.id, "cv.pdf", pdf(), NOW)
    token = await mailed(world, draft)
    assert await job_names(world.session) == ["request.proof_mail"]
    assert await count(world.session, requests) == 0
    shown = await requesting.read_proof(world.session, token, NOW)
    assert (shown.offer.offer_id, shown.draft.request.message) == (world.offer, REQUEST.message)

    proved = await requesting.prove(world.session, SEALER, token, BROWSER, NOW)
    assert proved.discussion is not None
    row = await discussions.by_id(world.session, proved.discussion)
    assert row is not None
    assert (row.name, row.person_email, row.status) == ("Zoé Durand", EMAIL, Status.PENDING)
    actor = await sessions.actor_of(world.session, proved.entered.token, NOW)
    assert actor is not None
    assert (actor.user, actor.beneficiary) == (proved.entered.user, row.beneficiary_id)
    assert (await world.session.execute(select(discussion_files))).one().discussion_id == row.id
    assert {"discussion.asked_company_mail", "account.address_proved"} <= set(await job_names(world.session))
    with pytest.raises(ExpiredError, match="déjà servi"):
        await requesting.read_proof(world.session, token, NOW)
    with pytest.raises(ExpiredError, match="déjà servi"):
        await requesting.prove(world.session, SEALER, token, BROWSER, NOW)
    assert await count(world.session, requests) == 1


async def test_the_mail_says_what_it_is_for(world: World) -> None:
    await requesting.ask_proof(world.session, await kept(world), NOW)
    post = Post()
    work = replace(await last_work(world.session, "request.proof_mail"), now=NOW)
    await requesting.proof_mail(world.session, tools(post), work)
    for text in parts(post.sent[0]):
        assert "30 jours" in text
        assert "rien ne part" in text
    await world.session.execute(contact_drafts.delete())
    await requesting.proof_mail(world.session, tools(post), work)
    assert len(post.sent) == 1


async def test_an_old_unknown_or_other_link_sends_nothing(world: World) -> None:
    token = await mailed(world, await kept(world))
    late = NOW + KINDS[Purpose.REQUEST].life
    with pytest.raises(ExpiredError, match="durée"):
        await requesting.prove(world.session, SEALER, token, BROWSER, late)
    with pytest.raises(NotFoundError):
        await requesting.prove(world.session, SEALER, "inconnu", BROWSER, NOW)
    await kept(world, request=replace(TYPED, email="autre@exemple.fr"))
    with pytest.raises(NotFoundError):  # what was sent to one address proves no other
        await requesting.prove(world.session, SEALER, token, BROWSER, NOW)
    assert await count(world.session, requests) == 0


async def test_a_draft_gone_says_so(world: World) -> None:
    token = await mailed(world, await kept(world))
    await world.session.execute(contact_drafts.delete())
    for asked in (
        requesting.read_proof(world.session, token, NOW),
        requesting.prove(world.session, SEALER, token, BROWSER, NOW),
    ):
        with pytest.raises(ExpiredError, match="plus là"):
            await asked


async def test_a_request_refused_once_proved_is_kept_to_be_corrected(world: World) -> None:
    start = replace(TYPED.availability, start=NOW.date())
    draft = await kept(world, request=replace(TYPED, availability=start))
    token = await mailed(world, draft)
    proved = await requesting.prove(world.session, SEALER, token, BROWSER, NOW + timedelta(days=2))
    assert proved.discussion is None
    assert isinstance(proved.refused, InvalidInputError)
    actor = await sessions.actor_of(world.session, proved.entered.token, NOW)
    assert actor is not None
    held = await drafting.find(world.session, Holder(proved.holder_token, actor), world.offer)
    assert held is not None
    assert held.id == draft.id


async def test_the_browser_s_passport_goes_along_when_shared(world: World) -> None:
    await create(world.session, "passport-token", ["100023"], NOW)
    for share in (False, True):
        request = replace(TYPED, email=f"{share}@exemple.fr".lower(), share_passport=share)
        holder = Holder(f"token-{share}", NOBODY)
        draft = await drafting.keep(world.session, holder, world.offer, request, "passport-token", NOW)
        proved = await requesting.prove(world.session, SEALER, await mailed(world, draft), BROWSER, NOW)
        owner = await world.session.scalar(select(passports.c.beneficiary_id))
        mine = await world.session.scalar(
            select(beneficiaries.c.id).where(beneficiaries.c.user_id == proved.entered.user)
        )
        assert (owner == mine) is share


async def test_what_may_be_sent_is_checked_first(world: World) -> None:
    draft = await kept(world, request=replace(TYPED, email="zoe@yopmail.com"))
    with pytest.raises(InvalidInputError) as error:
        await requesting.check(world.session, draft, NOW, known=False)
    assert [(one.field, one.code) for one in error.value.errors] == [("email", "disposable")]
    await world.session.execute(update(offers).values(label="Boulanger"))
    assert await requesting.check(world.session, await kept(world), NOW, known=False)
    full = {"max_contacts_per_month": 0}
    await world.session.execute(update(companies).where(companies.c.id == world.company).values(**full))
    with pytest.raises(ConflictError):
        await requesting.check(world.session, draft, NOW, known=False)
    with pytest.raises(NotFoundError):
        await drafting.keep(world.session, ANYBODY, world.offer + 999, TYPED, "", NOW)


async def moved(session: AsyncSession, place: int, address: str) -> None:
    """A place has another address."""
    change = update(company_places).where(company_places.c.id == place).values(address=address)
    await session.execute(change)


async def test_the_place_asked_is_kept_as_it_was(world: World) -> None:
    """Its only place goes without saying; of several, the one chosen, or any."""
    session = world.session
    ids = await session.execute(
        select(company_places.c.id).where(company_places.c.company_id == world.company)
    )
    (only,) = ids.scalars()
    others = [await add_place(session, world.company, *one) for one in ((48.85, 2.35), (43.6, 1.44))]
    await moved(session, others[1], "2 quai Neuf")
    stranger = await add_place(session, await add_company(session), 45.76, 4.83)
    await session.execute(update(companies).values(max_contacts_per_month=100))
    jobs = (await session.scalars(select(rome_occupations.c.code).limit(4))).all()
    asked = []
    for job, place in zip(jobs, (only, others[1], None), strict=False):
        await session.execute(update(offers).where(offers.c.id == world.offer).values(rome=job))
        asked.append(await world.asked(request=replace(REQUEST, place=place)))
    await moved(session, others[1], "Ailleurs")
    rows = [await discussions.by_id(session, one) for one in asked]
    lines = [row.place for row in rows if row]
    assert lines[1].startswith("2 quai Neuf, ")
    assert lines[0] not in {"", lines[1]}
    assert lines[2] == ""
    draft = await kept(world, request=replace(TYPED, place=stranger))
    with pytest.raises(InvalidInputError) as refused:
        await requesting.check(session, draft, NOW, known=False)
    assert [one.field for one in refused.value.errors] == ["place"]
    await session.execute(delete(company_places).where(company_places.c.id.in_(others)))
    await session.execute(update(offers).where(offers.c.id == world.offer).values(rome=jobs[3]))
    last = await discussions.by_id(session, await world.asked())
    assert last is not None
    assert last.place == lines[0]


async def test_clicks_at_once_make_one_request(fresh_database: str) -> None:
    engine = create_engine(fresh_database)
    maker = create_maker(engine)
    async with maker() as session, session.begin():
        await add_reference(session)
        world = await build_world(session)
        token = await mailed(world, await kept(world))
        actor = await world.actor("person")

    async def click_link() -> UUID | None:
        async with maker() as session, session.begin():
            try:
                return (await requesting.prove(session, SEALER, token, BROWSER, NOW)).discussion
            except ExpiredError:
                return None

    async def click_send(who: Actor) -> UUID:
        async with maker() as session, session.begin():
            draft = await drafting.keep(session, Holder("t", who), world.offer, TYPED, "", NOW)
            return await requesting.send_now(session, SEALER, who, draft, NOW)

    found = await asyncio.gather(click_link(), click_link(), click_link())
    assert len([one for one in found if one]) == 1
    assert len(set(await asyncio.gather(*(click_send(actor) for _ in range(4))))) == 1
    async with maker() as session:
        assert await session.scalar(select(func.count()).select_from(requests)) == 2
        assert await session.scalar(select(func.count()).select_from(contact_drafts)) == 0
        assert await session.scalar(select(func.count()).select_from(users)) == 6
    await engine.dispose()
