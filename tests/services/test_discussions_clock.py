"""A hundred days of requests: every reminder once, whatever the clock does; an end to what waits."""

import random
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import discussions
from data.queries.cards import cards
from data.queries.company_page import company_page
from data.tables import companies, company_activity, company_places, visits
from data.tables import discussions as table
from domain.discussion import Side, Status, Told
from domain.errors import ConflictError, ForbiddenError, NotFoundError
from services.discussions import clock, deciding, letters, set_aside
from services.discussions.parties import read
from tests.factories.convention_rows import add_convention
from tests.factories.discussions import NOW, World, add_request, build_world
from tests.services.company_helpers import jobs
from tests.services.post import Post, last_work, path_in, tools

TASKS = (clock.expire, clock.recount, clock.remind, set_aside.set_aside_silent)
DAY = timedelta(days=1)


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    made = await build_world(reference)
    await reference.execute(update(companies).values(max_contacts_per_month=1000))
    return made


async def told(world: World) -> dict[UUID, Counter[str]]:
    """How often each job was written for each discussion."""
    counted: dict[UUID, Counter[str]] = {}
    for job, payload in await jobs(world.session):
        if "discussion" in payload:
            counted.setdefault(UUID(payload["discussion"]), Counter())[job.removeprefix("discussion.")] += 1
    return counted


async def status(world: World, discussion: UUID) -> Status:
    found = await discussions.by_id(world.session, discussion)
    assert found is not None
    return found.status


async def live(world: World, seed: int, *, missed: float = 0.0) -> dict[str, UUID]:
    """A hundred days: the tasks in any order, some twice, some days none; people do things meanwhile."""
    dice = random.Random(seed)  # noqa: S311 - a draw to repeat
    made = {
        name: await add_request(world, NOW, contact_mode=mode)
        for name, mode in (
            ("silent", "email"),
            ("called", "phone"),
            ("visited", "in_person"),
            ("met", "phone"),
            ("written", "email"),
            ("accepted", "email"),
            ("withdrawn", "email"),
        )
    }
    made["awaiting"] = await add_request(world, NOW, status="awaiting_referent", reached_at=None)
    for day in range(101):
        now = NOW + day * DAY + timedelta(minutes=dice.randrange(60))
        await _act(world, made, day, now)
        if day < 100 and dice.random() < missed:
            continue
        for task in dice.sample(TASKS, len(TASKS)) + dice.choices(TASKS, k=dice.randrange(3)):
            await task(world.session, now)
    return made


async def _act(world: World, made: dict[str, UUID], day: int, now: datetime) -> None:
    session = world.session
    if day == 5:
        party = await world.party("owner", made["written"])
        await deciding.write(session, party, Side.COMPANY, "Rappelez-moi le mois prochain.", now)
    if day == 6:
        await deciding.withdraw(session, await world.party("person", made["withdrawn"]), now)
        met = {"met_candidate": True, "met_company": True}
        await discussions.change(session, made["met"], met, now)
    if day == 10:
        await deciding.accept(session, await world.party("contact", made["accepted"]), Told.PHONE, now)


@pytest.mark.parametrize("seed", range(3))
async def test_every_reminder_once_in_a_hundred_days(world: World, seed: int) -> None:
    made = await live(world, seed)
    counted = await told(world)
    closed = {"expired_candidate_mail": 1, "expired_company_mail": 1}
    asked = {"met_candidate_mail": 1, "met_company_mail": 1}
    assert counted[made["silent"]] == {"reminder_mail": 2, "unanswered_mail": 1} | closed
    for name in ("called", "visited"):
        assert counted[made[name]] == {"reminder_mail": 1, "unanswered_mail": 1} | asked | closed, name
    assert counted[made["met"]] == {"reminder_mail": 1} | closed
    assert counted[made["written"]] == {"reminder_mail": 1, "message_candidate_mail": 1} | closed
    assert counted[made["accepted"]] == {"reminder_mail": 2, "accepted_mail": 1}
    assert counted[made["withdrawn"]] == {"reminder_mail": 1, "withdrawn_mail": 1}
    assert counted[made["awaiting"]] == closed
    assert {await status(world, made[name]) for name in ("silent", "called", "awaiting")} == {Status.EXPIRED}


@pytest.mark.parametrize("seed", range(3))
async def test_days_without_a_worker_repeat_nothing(world: World, seed: int) -> None:
    made = await live(world, seed, missed=0.8)
    counted = await told(world)
    for one in counted.values():
        assert one["reminder_mail"] <= 2
        assert max(times for job, times in one.items() if job != "reminder_mail") == 1
    for name in ("silent", "called"):
        assert counted[made[name]]["unanswered_mail"] == 1
        assert counted[made[name]]["expired_company_mail"] == 1
    assert counted[made["called"]]["met_company_mail"] == 1


async def test_two_reminders_due_at_once_are_one_mail(world: World) -> None:
    discussion = await add_request(world, NOW)
    await clock.remind(world.session, NOW + 8 * DAY)
    await clock.remind(world.session, NOW + 9 * DAY)
    assert (await told(world))[discussion] == {"reminder_mail": 1}


async def test_reminders_fall_on_their_day(world: World) -> None:
    await add_request(world, NOW)
    days = [day for day in range(40) if await clock.remind(world.session, NOW + day * DAY)]
    assert days == [3, 7, 15]


async def test_a_request_waits_for_its_visit_before_it_expires(world: World) -> None:
    discussion = await add_request(world, NOW, answered_at=NOW + DAY)
    planned = {
        "discussion_id": discussion,
        "proposed_by": "company",
        "status": "confirmed",
        "slots": [NOW + 110 * DAY],
        "starts_at": NOW + 110 * DAY,
        "minutes": 30,
        "place": "1 rue du Four, Nantes",
        "created_at": NOW,
        "updated_at": NOW,
    }
    await world.session.execute(visits.insert().values(**planned))
    assert await clock.expire(world.session, NOW + 100 * DAY) == 0
    assert await clock.expire(world.session, NOW + 111 * DAY) == 1


async def test_a_reminder_is_not_sent_once_the_company_has_answered(world: World) -> None:
    discussion = await add_request(world, NOW)
    await clock.remind(world.session, NOW + 3 * DAY)
    await deciding.write(
        world.session, await world.party("owner", discussion), Side.COMPANY, "Bonjour.", NOW + 3 * DAY
    )
    post = Post()
    work = await last_work(world.session, "discussion.reminder_mail")
    await letters.JOBS["discussion.reminder_mail"](world.session, tools(post), work)
    assert post.sent == []


async def activity(world: World) -> tuple[int, int, int, int, float]:
    row = (await world.session.execute(select(company_activity))).one()
    return row.contacts_28d, row.contacts_7d, row.asked, row.answered, round(row.delay_hours, 3)


async def test_the_night_makes_the_counts_exact(world: World) -> None:
    for days, hours in ((40, 12.0), (20, None), (8, None), (6, 48.0), (1, None)):
        reached = NOW - days * DAY
        answered = None if hours is None else reached + timedelta(hours=hours)
        await add_request(world, reached, answered_at=answered)
    await add_request(world, NOW - 30 * DAY, status="withdrawn", status_at=NOW - 29 * DAY)
    await add_request(world, NOW - DAY, status="awaiting_referent", reached_at=None)
    assert await clock.recount(world.session, NOW) == 1
    assert await activity(world) == (4, 2, 4, 2, 60.0)
    assert await clock.recount(world.session, NOW) == 0
    await world.session.execute(update(company_activity).values(contacts_28d=1, contacts_7d=1, hired=3))
    assert await clock.recount(world.session, NOW) == 1
    assert await clock.recount(world.session, NOW + 60 * DAY) == 1
    assert await activity(world) == (0, 0, 5, 2, 60.0)
    await world.session.execute(table.delete())
    assert await clock.recount(world.session, NOW + 60 * DAY) == 1
    assert await activity(world) == (0, 0, 0, 0, 0.0)


async def silent(world: World, count: int, days: int = 20, values: dict[str, object] | None = None) -> None:
    for _ in range(count):
        await add_request(world, NOW - days * DAY, **(values or {}))


async def is_set_aside(world: World, now: datetime = NOW) -> bool:
    await set_aside.set_aside_silent(world.session, now)
    since = await world.session.scalar(
        select(companies.c.unresponsive_at).where(companies.c.id == world.company)
    )
    return since is not None


@pytest.mark.parametrize(("days", "aside"), [(19, False), (21, True)])
async def test_a_convention_validated_since_is_an_answer(world: World, days: int, aside: bool) -> None:
    await silent(world, 8, 20)
    values = {"agency_id": world.agency, "company_id": world.company, "validated_at": NOW - days * DAY}
    await add_convention(world.session, **values)
    assert await is_set_aside(world) is aside


@pytest.mark.parametrize(
    ("count", "days", "values"),
    [
        (7, 20, {}),
        (8, 14, {}),
        (8, 154, {}),
        (8, 20, {"status": "withdrawn", "status_at": NOW - 10 * DAY}),
        (8, 20, {"status": "awaiting_referent", "reached_at": None}),
    ],
)
async def test_a_company_is_not_judged_on_less(
    world: World, count: int, days: int, values: dict[str, object]
) -> None:
    await silent(world, count, days, values)
    assert not await is_set_aside(world)


@pytest.mark.parametrize("sign", [{"answered_at": NOW - 2 * DAY}, {"met_candidate": True}])
async def test_one_answer_keeps_a_company_in_search(world: World, sign: dict[str, object]) -> None:
    await silent(world, 8)
    await silent(world, 1, values=sign)
    assert not await is_set_aside(world)


async def test_a_company_that_never_answers_leaves_search_and_comes_back_in_one_click(world: World) -> None:
    await silent(world, 8)
    assert await is_set_aside(world)
    assert [job for job, _ in await jobs(world.session)] == ["company.set_aside_mail"]
    with pytest.raises(ConflictError, match="n’accueille pas en ce moment"):
        await world.asked()
    post = Post()
    work = await last_work(world.session, "company.set_aside_mail")
    await set_aside.set_aside_mail(world.session, tools(post), work)
    path = path_in(post.sent[0])
    assert post.sent[0]["To"] == "contact@exemple.com"
    token = path.removeprefix("/entreprises/retour/")
    assert await is_set_aside(world, NOW + DAY)
    assert len(await jobs(world.session)) == 1
    for _ in range(2):
        await set_aside.come_back_by_link(world.session, await world.actor("stranger"), token, NOW + DAY)
    assert not await is_set_aside(world, NOW + 2 * DAY)
    assert await status(world, await world.asked(NOW + 2 * DAY)) is Status.PENDING


async def test_only_an_admin_brings_a_company_back_from_its_space(world: World) -> None:
    await silent(world, 8)
    assert await is_set_aside(world)
    for name, refused in (("contact", ForbiddenError), ("stranger", NotFoundError)):
        with pytest.raises(refused):
            await set_aside.come_back(world.session, await world.actor(name), world.company, NOW)
    await set_aside.come_back(world.session, await world.actor("owner"), world.company, NOW)
    assert not await is_set_aside(world)


async def test_an_expired_request_takes_no_answer(world: World) -> None:
    discussion = await add_request(world, NOW - 92 * DAY)
    assert await clock.expire(world.session, NOW) == 1
    party = await read(world.session, await world.actor("owner"), discussion)
    with pytest.raises(ConflictError, match="trop longtemps sans réponse"):
        await deciding.accept(world.session, party, Told.HERE, NOW)


async def test_how_a_company_answers_is_shown_from_three_answers_on(world: World) -> None:
    place, siret = (
        await world.session.execute(
            select(company_places.c.id, companies.c.siret)
            .join(companies, companies.c.id == company_places.c.company_id)
            .where(companies.c.id == world.company)
        )
    ).one()
    for count, said in ((2, ""), (3, "Répond en 2 jours en moyenne")):
        while len(await discussions.of_company(world.session, world.company)) < count:
            await add_request(world, NOW - 9 * DAY, answered_at=NOW - 7 * DAY)
        await clock.recount(world.session, NOW)
        page = await company_page(world.session, siret)
        assert page is not None
        assert page.answers == said
        assert (await cards(world.session, [place]))[place].answers == said
