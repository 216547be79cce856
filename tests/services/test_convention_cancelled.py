"""A convention cancelled after its start did insure somebody: it counts, and is kept as a validated one."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import conventions as table
from domain.convention import Status
from domain.retention import RETENTION, Kept
from services.conventions import reviewing, verifying
from services.conventions.limits import check_others
from services.retention import apply_retention
from tests.factories.conventions import FIRST, KEYS, LAST, NOW, Conventions, a_document, office_at
from tests.factories.discussions import build_world

DAY = timedelta(days=1)
WEDNESDAY = datetime(2026, 12, 2, 15, 0, tzinfo=UTC)
"""The third day."""
NOBODY_ELSE = UUID(int=0)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def cancelled(desk: Conventions, at: datetime) -> UUID:
    convention = await desk.validated()
    later = replace(desk, now=at)
    await reviewing.cancel(later.office, await later.standing("counsellor", convention), "Elle s’arrête.")
    return convention


async def others(desk: Conventions, first: date, last: date, aims: str = "Autre chose.") -> dict[str, str]:
    """What is refused of another one, at these dates."""
    terms = a_document(first, last)
    terms = replace(terms, activity=replace(terms.activity, aims=aims))
    found = await check_others(desk.world.session, terms, NOBODY_ELSE, None)
    return {one.code: one.message for one in found}


async def test_the_days_spent_count_and_the_others_are_free(desk: Conventions) -> None:
    """From Monday 30 November to Wednesday 2 December: three days of sixty."""
    await cancelled(desk, WEDNESDAY)
    assert await others(desk, FIRST, LAST) == {}
    longest = date(2027, 1, 4) + 56 * DAY
    assert await others(desk, date(2027, 1, 4), longest) == {}
    assert "61 jours" in (await others(desk, date(2027, 1, 4), longest + DAY))["cumulated"]
    assert await others(desk, date(2027, 12, 3), date(2027, 12, 3) + 59 * DAY) == {}  # a year later


async def test_it_is_one_of_the_two_of_the_year(desk: Conventions) -> None:
    await cancelled(desk, WEDNESDAY)
    terms = a_document()
    assert set(await others(desk, date(2027, 1, 4), date(2027, 1, 8), terms.activity.aims)) == {"same_aims"}
    second = a_document(date(2027, 1, 4), date(2027, 1, 8))
    await desk.submitted(replace(second, activity=replace(second.activity, aims="Vendre le pain.")))
    assert set(await others(desk, date(2027, 2, 1), date(2027, 2, 5))) == {"too_many"}


@pytest.mark.parametrize("department", ["44", "974"])
async def test_cancelled_before_its_start_it_insured_nobody(desk: Conventions, department: str) -> None:
    """At 22:00 on Sunday in Paris it is Monday in La Réunion."""
    await cancelled(desk, datetime(2026, 11, 29, 21, 0, tzinfo=UTC))
    await desk.world.session.execute(update(table).values(department=department))
    refused = await others(desk, date(2027, 1, 4), date(2027, 1, 4) + 59 * DAY)
    assert set(refused) == ({"cumulated"} if department == "974" else set())


async def test_it_is_kept_as_a_validated_one(desk: Conventions) -> None:
    convention, session = await cancelled(desk, WEDNESDAY), desk.world.session
    ended = WEDNESDAY.date() + DAY
    dropped = WEDNESDAY + RETENTION[Kept.UNVALIDATED_CONVENTIONS].life + DAY
    gone = await apply_retention(office_at(session, dropped))
    assert (gone[Kept.UNVALIDATED_CONVENTIONS], gone[Kept.CONVENTIONS]) == (0, 1)
    assert (await desk.row(convention)).archived_at == dropped
    life = RETENTION[Kept.ARCHIVED_CONVENTIONS].life
    night = datetime.combine(ended, datetime.min.time(), UTC) + life
    assert (await apply_retention(office_at(session, night - DAY)))[Kept.ARCHIVED_CONVENTIONS] == 0
    assert (await apply_retention(office_at(session, night)))[Kept.ARCHIVED_CONVENTIONS] == 1
    row = await desk.row(convention)
    assert (row.anonymised_at, row.status, row.status_reason) == (night, Status.CANCELLED, "")
    report = await verifying.verify(session, KEYS, row.reference)
    assert report is not None
    assert report.faults == ()


async def test_cancelled_before_its_start_it_goes_whole(desk: Conventions) -> None:
    at = NOW + DAY
    await cancelled(desk, at)
    gone = await apply_retention(
        office_at(desk.world.session, at + RETENTION[Kept.UNVALIDATED_CONVENTIONS].life + DAY)
    )
    assert gone[Kept.UNVALIDATED_CONVENTIONS] == 1
    assert await desk.world.session.scalar(select(table.c.id)) is None
