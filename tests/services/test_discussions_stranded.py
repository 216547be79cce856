"""Nobody is left waiting: a company banned, an agency closed, a referent gone."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions
from data.tables import agencies, companies, outbox, referrals, users
from domain.agency import Situation
from domain.discussion import Reason, Status, Told
from domain.errors import NotFoundError
from domain.roles import Actor, Role
from services import moderation
from services.accounts.removal import delete_account
from services.agencies import deciding as agency_deciding
from services.agencies import members
from services.discussions import answering, deciding, releasing
from services.discussions.asking import Asker, ask
from services.discussions.parties import company_email
from services.links import Purpose
from services.referrals import hand_over, stop
from tests.factories.conventions import office_at
from tests.factories.discussions import NOW, REQUEST, World, accompany, add_request, build_world
from tests.factories.people import add_active_agency, add_company_right, add_right, add_user
from tests.services.company_helpers import job_names, jobs, mail_link


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


async def staff(world: World) -> Actor:
    await world.session.execute(
        update(users).where(users.c.id == world.ids["stranger"]).values(back_office=True)
    )
    return await world.actor("stranger")


async def waiting(world: World) -> UUID:
    """A request that waits for the counsellor, whose agency validates first."""
    await accompany(world)
    await world.session.execute(update(agencies).values(validates_first=[Situation.YOUNG.value]))
    actor = await world.actor("person")
    asker = Asker(actor=actor, beneficiary=world.beneficiary, situation=Situation.YOUNG)
    found = await ask(world.session, asker, world.offer, REQUEST, NOW)
    await world.session.execute(delete(outbox))
    return found


async def status(world: World, discussion: UUID) -> Status:
    row = await discussions.by_id(world.session, discussion)
    assert row is not None
    return row.status


async def test_a_ban_closes_open_requests_and_leaves_the_others(world: World) -> None:
    discussion = await world.asked()
    await moderation.ban(world.session, await staff(world), world.company, "Publicité.", NOW)
    row = await discussions.by_id(world.session, discussion)
    assert row is not None
    assert (row.status, row.reason) == (Status.REJECTED, Reason.COMPANY_CLOSED)
    assert "discussion.rejected_mail" in await job_names(world.session)


async def test_a_ban_leaves_what_was_answered(world: World) -> None:
    discussion = await world.asked()
    await deciding.accept(world.session, await world.party("owner", discussion), Told.HERE, NOW)
    await moderation.ban(world.session, await staff(world), world.company, "Publicité.", NOW)
    assert await status(world, discussion) is Status.ACCEPTED
    assert "discussion.rejected_mail" not in await job_names(world.session)


async def _close(world: World) -> None:
    await agency_deciding.close(world.session, await staff(world), world.agency, None, NOW)


async def _hand_to_another_agency(world: World) -> None:
    other = await add_active_agency(world.session, world.ids["owner"], name="Une autre structure")
    await agency_deciding.close(world.session, await staff(world), world.agency, other, NOW)


async def _leave(world: World) -> None:
    counsellor = world.ids["counsellor"]
    await members.remove(world.session, await world.actor("stranger"), world.agency, counsellor, NOW)


async def _stop(world: World) -> None:
    mine = select(referrals.c.id).where(referrals.c.user_id == world.ids["counsellor"])
    referral = await world.session.scalar(mine)
    assert referral is not None
    await stop(world.session, await world.actor("counsellor"), referral, NOW)


async def _erase(world: World) -> None:
    """The account goes with its referrals: the next morning finds what it left."""
    await world.session.execute(delete(users).where(users.c.id == world.ids["counsellor"]))
    assert await releasing.release(world.session, NOW) == 1


@pytest.mark.parametrize("gone", [_close, _hand_to_another_agency, _leave, _stop, _erase])
async def test_a_request_goes_on_when_its_referent_is_gone(
    world: World, gone: Callable[[World], Awaitable[None]]
) -> None:
    discussion = await waiting(world)
    assert await releasing.release(world.session, NOW) == 0
    await gone(world)
    assert await status(world, discussion) is Status.PENDING
    names = await job_names(world.session)
    assert names.count("discussion.asked_company_mail") == 1
    assert await releasing.release(world.session, NOW) == 0


async def test_it_waits_while_somebody_else_validates(world: World) -> None:
    discussion = await waiting(world)
    other = await add_user(world.session, "autre@exemple.fr")
    await add_right(world.session, world.agency, other, (Role.COUNSELLOR,))
    agreed = {"since": NOW, "consent": "account", "consented_at": NOW}
    values = {"beneficiary_id": world.beneficiary, "agency_id": world.agency, "user_id": other}
    await world.session.execute(insert(referrals).values(**values, **agreed))
    await _stop(world)
    assert await status(world, discussion) is Status.AWAITING_REFERENT


async def test_a_colleague_who_takes_over_is_asked_to_validate(world: World) -> None:
    discussion = await waiting(world)
    colleague = await add_user(world.session, "collegue@exemple.fr")
    await add_right(world.session, world.agency, colleague, (Role.COUNSELLOR,))
    mine = select(referrals.c.id).where(referrals.c.user_id == world.ids["counsellor"])
    referral = await world.session.scalar(mine)
    assert referral is not None
    await hand_over(world.session, await world.actor("counsellor"), referral, colleague, NOW)
    new = await world.session.scalar(select(referrals.c.id).where(referrals.c.user_id == colleague))
    asked = [payload for job, payload in await jobs(world.session) if job == "discussion.to_validate_mail"]
    assert asked == [{"discussion": str(discussion), "referral": new}]
    assert await status(world, discussion) is Status.AWAITING_REFERENT


async def test_links_sent_to_an_old_address_die_and_what_waits_goes_to_the_new_one(world: World) -> None:
    answered, open_one = await add_request(world, NOW), await add_request(world, NOW)
    await deciding.accept(world.session, await world.party("owner", answered), Told.HERE, NOW)
    for discussion in (answered, open_one):
        await mail_link(world.session, discussion, Purpose.ANSWER, f"answer-{discussion}")
    await world.session.execute(delete(outbox))
    await answering.readdress(world.session, world.company)
    for discussion in (answered, open_one):
        with pytest.raises(NotFoundError):
            await answering.by_link(world.session, f"answer-{discussion}", NOW)
    assert await jobs(world.session) == [("discussion.asked_company_mail", {"discussion": str(open_one)})]


async def test_the_account_that_a_company_was_written_to_goes(world: World) -> None:
    """Its links die with it, and what waits is sent to who administers the company now."""
    discussion = await add_request(world, NOW)
    await add_company_right(world.session, world.company, world.ids["stranger"], Role.COMPANY_ADMIN)
    written = update(companies).where(companies.c.id == world.company)
    await world.session.execute(written.values(contact_email="owner@exemple.fr"))
    await mail_link(world.session, discussion, Purpose.ANSWER, "answer-by-the-owner")
    await world.session.execute(delete(outbox))
    await delete_account(office_at(world.session, NOW), await world.actor("owner"), sure=True)
    with pytest.raises(NotFoundError):
        await answering.by_link(world.session, "answer-by-the-owner", NOW)
    told = ("discussion.asked_company_mail", {"discussion": str(discussion)})
    assert told in await jobs(world.session)
    row = await discussions.by_id(world.session, discussion)
    assert row is not None
    assert await company_email(world.session, row) == "stranger@exemple.fr"
