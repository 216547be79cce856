"""An account is deleted while its conventions go on: each comes to an end that everybody is told."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_story, convention_waiting, removals
from data.tables import conventions as table
from data.tables import emails, links, users
from domain.convention import As, Move, Status
from domain.convention_leaving import Fate
from domain.errors import ArchivedError
from domain.french import PARIS
from domain.retention import RETENTION, Kept
from domain.terms import Terms
from services.accounts.removal import delete_account, left_conventions
from services.conventions import clock, reviewing, verifying
from services.conventions.parties import read
from services.retention import apply_retention
from tests.factories.conventions import KEYS, LAST, NOW, Conventions, a_document, office_at
from tests.factories.discussions import build_world
from tests.services.convention_round import COMPANY, PERSON, TUTOR, Round
from tests.services.post import last_work
from tests.services.test_retention_requests import MOMENT

DAY, YEAR = timedelta(days=1), timedelta(days=366)
COUNSELLOR = "counsellor@exemple.fr"
REASON = "La personne accueillie a supprimé son compte."


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


def another() -> Terms:
    """Later, with other aims."""
    terms = a_document(LAST + 10 * DAY, LAST + 12 * DAY)
    return replace(terms, activity=replace(terms.activity, aims="Essayer la pâtisserie."))


async def leave(desk: Conventions) -> dict[str, list[str]]:
    """The person deletes their account; who is written what."""
    post = Round(desk)
    await post.settle()
    await delete_account(desk.office, await desk.world.actor("person"), sure=True)
    return await post.run()


async def lines(desk: Conventions, convention: UUID) -> list[str]:
    return [one.kind for one in await convention_story.entries(desk.world.session, convention)]


@pytest.mark.parametrize("stage", ["submitted", "partly_signed", "in_review"])
async def test_what_is_not_decided_is_cancelled_and_everybody_is_told(desk: Conventions, stage: str) -> None:
    """Signed by nobody, by the company, by all."""
    convention = await (desk.signed() if stage == "in_review" else desk.submitted())
    if stage == "partly_signed":
        await desk.sign(convention, As.COMPANY)
    person = await desk.world.actor("person")
    assert await left_conventions(desk.world.session, person, desk.now) == {Fate.CANCELLED: 1}
    told = await leave(desk)
    assert told == {one: ["cancelled"] for one in (PERSON, COMPANY, TUTOR, COUNSELLOR)}
    row = await desk.row(convention)
    assert (row.status, row.status_reason, row.archived_at) == (Status.CANCELLED, REASON, None)
    assert (await lines(desk, convention))[-1] == "cancelled"
    report = await verifying.verify(desk.world.session, KEYS, row.reference)
    assert report is not None
    assert report.faults == ()
    standing = await desk.standing("counsellor", convention)
    assert standing.moves() == {Move.DUPLICATE}
    assert not await convention_waiting.waiting(desk.world.session)


async def test_a_validated_one_stays_open_to_its_agency_until_its_last_day(desk: Conventions) -> None:
    convention, session = await desk.validated(), desk.world.session
    person, counsellor = await desk.world.actor("person"), await desk.world.actor("counsellor")
    assert await left_conventions(session, person, desk.now) == {Fate.OPEN: 1}
    assert await leave(desk) == {}
    assert (await lines(desk, convention))[-1] == "left"
    standing = await desk.standing("counsellor", convention)
    assert {Move.CANCEL, Move.CHANGE_TUTOR, Move.RECORD_DEPOSIT} <= standing.moves()
    assert await clock.remind_deposits(replace(desk, now=NOW + 3 * DAY).office) == 1
    row = await desk.row(convention)
    report = await verifying.verify(session, KEYS, row.reference)
    assert report is not None
    assert report.faults == ()

    night = datetime.combine(LAST + DAY, time(3), PARIS)  # still the last day in Polynesia
    assert (await apply_retention(office_at(session, night)))[Kept.CONVENTIONS] == 0
    assert (await apply_retention(office_at(session, night + DAY)))[Kept.CONVENTIONS] == 1
    with pytest.raises(ArchivedError):
        await read(session, counsellor, convention)


async def test_the_conventions_of_others_go_on(desk: Conventions) -> None:
    """Their account is there: nothing archives theirs on its last day."""
    await desk.validated()
    night = datetime.combine(LAST + 5 * DAY, time(3), PARIS)
    assert (await apply_retention(office_at(desk.world.session, night)))[Kept.CONVENTIONS] == 0


async def test_what_has_ended_is_archived_at_once(desk: Conventions) -> None:
    convention = await desk.validated()
    later = replace(desk, now=datetime.combine(LAST + DAY, time(9), PARIS))
    person = await desk.world.actor("person")
    assert await left_conventions(desk.world.session, person, later.now) == {Fate.RESTRICTED: 1}
    await leave(later)
    assert (await desk.row(convention)).archived_at == later.now
    assert (await lines(desk, convention))[-1] != "left"


async def unused(desk: Conventions) -> None:
    """The person has not come for two years, and was told."""
    told = {"seen_at": NOW - 2 * YEAR, "warned_at": NOW - YEAR}
    mine = users.c.id == desk.world.ids["person"]
    await desk.world.session.execute(update(users).where(mine).values(**told))


async def test_an_account_that_nobody_uses_leaves_by_the_same_door(desk: Conventions) -> None:
    """What was refused is restricted at once, and nothing of what was written to them is kept."""
    convention, session, post = await desk.signed(), desk.world.session, Round(desk)
    await reviewing.reject(desk.office, await desk.standing("counsellor", convention), "Doublon")
    await post.run()
    await unused(desk)
    assert (await apply_retention(desk.office))[Kept.UNUSED_ACCOUNTS] == 1
    assert (await desk.row(convention)).archived_at == desk.now
    kept = select(func.count()).select_from(emails).where(emails.c.recipient == "person@exemple.fr")
    assert await session.scalar(kept) == 0
    work = await last_work(session, "account.deleted")
    assert work.payload == {"user": str(desk.world.ids["person"])}


@pytest.mark.parametrize("stage", ["draft", "submitted", "signed", "validated"])
async def test_an_immersion_under_way_keeps_an_account(desk: Conventions, stage: str) -> None:
    """Its person signs and answers by the links of mails, without any visit."""
    convention = await getattr(desk, stage)()
    mine = update(table).where(table.c.id == convention).values(beneficiary_id=None)
    await desk.world.session.execute(mine)
    await unused(desk)
    person = users.c.id == desk.world.ids["person"]
    assert (await apply_retention(desk.office))[Kept.UNUSED_ACCOUNTS] == 0
    assert not await removals.warn_unused(desk.world.session, NOW - YEAR, NOW)
    warned = select(users.c.warned_at).where(person)
    assert await desk.world.session.scalar(warned) is None, "told anew when it is old"


async def test_what_nobody_signed_is_erased_once_everybody_knows(desk: Conventions) -> None:
    """Nobody has anything to prove by it; what somebody signed is kept as any cancelled one."""
    session = desk.world.session
    await desk.submitted()
    signed = await desk.submitted(another())
    await desk.sign(signed, As.COMPANY)
    await leave(desk)
    later = NOW + RETENTION[Kept.CONVENTION_DRAFTS].life
    assert (await apply_retention(office_at(session, later)))[Kept.CONVENTION_DRAFTS] == 0
    assert (await apply_retention(office_at(session, later + MOMENT)))[Kept.CONVENTION_DRAFTS] == 1
    assert (await session.scalars(select(table.c.id))).all() == [signed]


async def test_a_draft_goes_with_the_account(desk: Conventions) -> None:
    await desk.draft()
    person = await desk.world.actor("person")
    assert await left_conventions(desk.world.session, person, desk.now) == {Fate.DROPPED: 1}
    assert await leave(desk) == {}
    for one in (table, links):
        assert await desk.world.session.scalar(select(func.count()).select_from(one)) == 0


async def test_an_archive_is_reminded_of_nothing(desk: Conventions) -> None:
    await desk.submitted()
    await desk.validated(another())
    session = desk.world.session
    later = NOW + 3 * DAY
    assert len(await convention_waiting.waiting(session)) == 1
    assert len(await convention_waiting.undeposited(session, NOW - DAY, later)) == 1
    await session.execute(update(table).values(archived_at=NOW))
    assert not await convention_waiting.waiting(session)
    assert not await convention_waiting.undeposited(session, NOW - DAY, later)
