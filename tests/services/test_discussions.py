"""Requests and their answers on a real database: who sees them, what follows, what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions
from data.tables import agencies, companies, company_activity, consents, outbox
from domain.agency import Situation
from domain.discussion import Reason, Refusal, Side, Status, Told
from domain.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError, TwinError
from services.discussions import deciding, letters
from services.discussions.asking import Asker, ask
from services.discussions.parties import read
from tests.factories.discussions import NOW, REQUEST, World, accompany, build_world
from tests.services.company_helpers import job_names
from tests.services.post import Post, last_work, parts, tools


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


async def counts(world: World) -> tuple[int, int, int, float]:
    row = (await world.session.execute(select(company_activity))).one()
    return row.contacts_28d, row.asked, row.answered, row.delay_hours


async def test_a_request_reaches_the_company_and_is_counted(world: World) -> None:
    found = await discussions.by_id(world.session, await world.asked())
    assert found is not None
    assert (found.status, found.name, found.reached_at) == (Status.PENDING, "Zoé Durand", NOW)
    assert found.candidate_email == "person@exemple.fr"
    assert await job_names(world.session) == [
        "discussion.asked_company_mail",
        "discussion.asked_candidate_mail",
    ]
    assert await counts(world) == (1, 0, 0, 0.0)
    by_address = await discussions.lock_by_address(world.session, found.company_address)
    assert by_address is not None
    assert by_address[1] is Side.COMPANY
    assert await discussions.lock_by_address(world.session, "nobody") is None


async def test_the_same_request_twice_names_the_first(world: World) -> None:
    first = await world.asked()
    with pytest.raises(TwinError) as error:
        await world.asked(NOW + timedelta(days=6))
    assert error.value.existing == str(first)
    await deciding.withdraw(world.session, await world.party("person", first), NOW)
    with pytest.raises(TwinError):
        await world.asked(NOW + timedelta(days=6))
    assert await world.asked(NOW + timedelta(days=8)) != first


async def test_each_side_is_opened_to_its_people_alone(world: World) -> None:
    discussion = await world.asked()
    assert (await world.party("person", discussion)).sides == {Side.CANDIDATE}
    for name in ("owner", "contact"):
        assert (await world.party(name, discussion)).sides == {Side.COMPANY}
    for name in ("counsellor", "stranger"):
        with pytest.raises(NotFoundError):
            await world.party(name, discussion)
    await accompany(world)
    assert (await world.party("counsellor", discussion)).sides == {Side.CANDIDATE, Side.REFERENT}


async def test_an_acceptance_is_told_and_counted_once(world: World) -> None:
    discussion = await world.asked()
    later = NOW + timedelta(hours=30)
    await deciding.write(
        world.session, await world.party("owner", discussion), Side.COMPANY, "Bonjour Zoé", later
    )
    await deciding.accept(world.session, await world.party("contact", discussion), Told.HERE, later)
    assert await counts(world) == (1, 1, 1, 30.0)
    with pytest.raises(ConflictError, match="déjà été acceptée"):
        await deciding.accept(world.session, await world.party("owner", discussion), Told.HERE, later)
    with pytest.raises(ForbiddenError):
        await deciding.accept(world.session, await world.party("person", discussion), Told.HERE, later)
    post = Post()
    work = await last_work(world.session, "discussion.accepted_mail")
    await letters.JOBS["discussion.accepted_mail"](world.session, tools(post), work)
    (message,) = post.sent
    assert message["To"] == "person@exemple.fr"
    assert f"/demandes/{discussion}" in parts(message)[0]


async def test_not_now_pauses_the_company(world: World) -> None:
    discussion = await world.asked()
    until = NOW.date() + timedelta(days=40)
    party = await world.party("owner", discussion)
    with pytest.raises(InvalidInputError):
        await deciding.reject(world.session, party, Refusal(reason=Reason.NOT_NOW), NOW)
    await deciding.reject(world.session, party, Refusal(reason=Reason.NOT_NOW, until=until), NOW)
    paused = await world.session.scalar(select(companies.c.next_availability_date))
    assert paused == until
    with pytest.raises(ConflictError, match="n’accueille pas en ce moment"):
        await world.asked(NOW + timedelta(days=8))


async def test_a_company_that_had_enough_takes_no_more(world: World) -> None:
    await world.session.execute(update(companies).values(max_contacts_per_month=0))
    with pytest.raises(ConflictError):
        await world.asked()
    await world.session.execute(update(companies).values(max_contacts_per_month=1, banned_at=NOW))
    with pytest.raises(NotFoundError):
        await world.asked()


async def test_a_referent_validates_first_where_the_agency_says(world: World) -> None:
    await accompany(world)
    await world.session.execute(update(agencies).values(validates_first=[Situation.YOUNG.value]))
    told = Asker(actor=await world.actor("person"), beneficiary=world.beneficiary, situation=Situation.YOUNG)
    discussion = await ask(world.session, told, world.offer, REQUEST, NOW)
    assert await job_names(world.session) == ["discussion.to_validate_mail"]
    with pytest.raises(NotFoundError):
        await world.party("owner", discussion)
    with pytest.raises(ForbiddenError):
        await deciding.validate(world.session, await world.party("person", discussion), NOW)
    await deciding.validate(world.session, await world.party("counsellor", discussion), NOW)
    assert (await world.party("owner", discussion)).row.status is Status.PENDING
    assert await counts(world) == (1, 0, 0, 0.0)


async def test_who_accompanies_is_told_otherwise(world: World) -> None:
    await accompany(world)
    await world.asked()
    post = Post()
    work = await last_work(world.session, "discussion.told_mail")
    await letters.JOBS["discussion.told_mail"](world.session, tools(post), work)
    assert post.sent[0]["To"] == "counsellor@exemple.fr"


async def test_a_company_that_goes_closes_what_is_open(world: World) -> None:
    discussion = await world.asked()
    assert await deciding.close_all(world.session, await world.actor("stranger"), world.company, NOW) == 1
    party = await read(world.session, await world.actor("person"), discussion)
    assert (party.row.status, party.row.reason) == (Status.REJECTED, Reason.COMPANY_CLOSED)
    assert (await job_names(world.session))[-1] == "discussion.rejected_mail"


async def test_the_company_reads_the_request_by_its_link_and_never_an_address(world: World) -> None:
    await world.asked()
    post = Post()
    work = await last_work(world.session, "discussion.asked_company_mail")
    await letters.JOBS["discussion.asked_company_mail"](world.session, tools(post), work)
    text, html = parts(post.sent[0])
    assert "/reponse/" in text
    assert "boulangère chez vous" in text
    assert "person@exemple.fr" not in text + html


async def test_sharing_a_passport_is_a_dated_consent(world: World) -> None:
    await world.asked(request=replace(REQUEST, share_passport=True))
    assert await discussions.shares_passport(world.session, world.beneficiary, world.company)
    given = (await world.session.execute(select(consents))).one()
    assert (given.purpose, given.target, given.given_at) == ("passport_to_company", str(world.company), NOW)
    payloads = (await world.session.execute(select(outbox.c.payload))).scalars().all()
    assert all("Zoé" not in str(one) and "@" not in str(one) for one in payloads)
