"""What is kept of conventions goes in time: dropped, restricted, then emptied of names, facts left."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_story, conventions
from data.session import create_engine
from data.tables import (
    assessments,
    audit,
    convention_documents,
    convention_events,
    convention_signatories,
    convention_versions,
    links,
)
from data.tables import conventions as table
from domain.convention import Status
from domain.errors import ArchivedError, ForbiddenError, InvalidInputError, NotFoundError
from domain.retention import RETENTION, Kept
from services.accounts.removal import left_conventions
from services.conventions import archives, drafting, parties, reviewing, verifying
from services.conventions.parties import read
from services.conventions.story import faults
from services.retention import apply_retention
from tests.factories.convention_rows import Party, add_conventions
from tests.factories.conventions import KEYS, LAST, NOW, Conventions, office_at
from tests.factories.discussions import build_world
from tests.factories.reference import add_reference
from tests.services.test_retention_requests import MOMENT

DAY = timedelta(days=1)
ENDED = datetime.combine(LAST + DAY, datetime.min.time(), NOW.tzinfo)
"""The first moment that the immersion of the tests is over."""
CONVENTIONS = archives.CONVENTIONS


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def gone(desk: Conventions, at: datetime) -> dict[Kept, int]:
    dropped = await apply_retention(office_at(desk.world.session, at))
    return {kept: count for kept, count in dropped.items() if count and kept in CONVENTIONS}


async def count(desk: Conventions, of: Table) -> int:
    return int(await desk.world.session.scalar(select(func.count()).select_from(of)) or 0)


async def test_a_draft_goes_with_its_links(desk: Conventions) -> None:
    convention = await desk.draft()
    await drafting.link(desk.world.session, convention, NOW)
    later = NOW + RETENTION[Kept.CONVENTION_DRAFTS].life
    assert await gone(desk, later) == {}
    assert await count(desk, links) == 1
    assert await gone(desk, later + MOMENT) == {Kept.CONVENTION_DRAFTS: 1}
    assert (await count(desk, table), await count(desk, links)) == (0, 0)


async def send(desk: Conventions, convention: UUID) -> None:
    standing = await parties.lock(desk.world.session, await desk.world.actor("person"), convention)
    await drafting.submit(desk.office, standing, 1)


async def refuse(desk: Conventions, convention: UUID) -> None:
    standing = await parties.lock(desk.world.session, await desk.world.actor("counsellor"), convention)
    await reviewing.reject(desk.office, standing, "Trop tard")


@pytest.mark.parametrize(
    ("kept", "made", "work"),
    [
        (Kept.CONVENTION_DRAFTS, Conventions.draft, send),
        (Kept.UNVALIDATED_CONVENTIONS, Conventions.submitted, refuse),
    ],
)
async def test_what_somebody_works_on_during_the_night_stays(
    fresh_database: str,
    kept: Kept,
    made: Callable[[Conventions], Awaitable[UUID]],
    work: Callable[[Conventions, UUID], Awaitable[None]],
) -> None:
    engine = create_engine(fresh_database)
    async with AsyncSession(engine) as session, AsyncSession(engine) as night:
        await add_reference(session)
        desk = Conventions(await build_world(session))
        convention = await made(desk)
        await session.commit()
        await work(desk, convention)
        dropping = asyncio.create_task(archives.retain(night, kept, NOW + MOMENT, NOW + MOMENT))
        await asyncio.wait([dropping], timeout=0.5)
        await session.commit()
        assert await dropping == 0
        await night.commit()
        assert (await desk.row(convention)).reference
    await engine.dispose()


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT, Status.VALIDATED}))
async def test_what_is_not_in_force_goes_whole(desk: Conventions, status: Status) -> None:
    await desk.submitted()
    await desk.world.session.execute(update(table).values(status=status.value, validated_at=NOW))
    later = NOW + RETENTION[Kept.UNVALIDATED_CONVENTIONS].life
    assert await gone(desk, later) == {}
    assert await gone(desk, later + MOMENT) == {Kept.UNVALIDATED_CONVENTIONS: 1}
    assert [await count(desk, one) for one in (table, convention_versions, convention_events)] == [0, 0, 0]


async def test_a_validated_one_is_archived_then_read_with_a_reason(desk: Conventions) -> None:
    convention = await desk.validated()
    counsellor, owner, person = [await desk.world.actor(one) for one in ("counsellor", "owner", "person")]
    await desk.world.session.execute(update(table).values(company_id=desk.world.company))
    later = ENDED + RETENTION[Kept.CONVENTIONS].life
    assert await gone(desk, later - DAY) == {}
    assert await gone(desk, later) == {Kept.CONVENTIONS: 1}
    assert await gone(desk, later) == {}
    desk.now = later
    with pytest.raises(ArchivedError, match="archivée"):
        await read(desk.world.session, counsellor, convention)
    assert (await read(desk.world.session, person, convention)).row.id == convention
    with pytest.raises(InvalidInputError):
        await archives.open_archive(desk.office, counsellor, convention, " ")
    with pytest.raises(ForbiddenError):
        await archives.open_archive(desk.office, owner, convention, "Pour voir")
    standing = await archives.open_archive(desk.office, counsellor, convention, "Contrôle de l’URSSAF")
    assert standing.row.document.beneficiary.last_name == "Durand"
    last = (await convention_story.entries(desk.world.session, convention))[-1]
    assert (last.kind, (last.told or {})["reason"]) == ("archived_read", "Contrôle de l’URSSAF")
    shown = select(audit.c.beneficiary_id).where(audit.c.action == "convention.archive_read")
    assert (await desk.world.session.scalars(shown)).all() == [desk.world.beneficiary]
    with pytest.raises(ArchivedError):
        await read(desk.world.session, counsellor, convention)


async def facts(desk: Conventions) -> Any:  # noqa: ANN401 - a row
    c = table.c
    kept = (c.kind, c.status, c.starts_on, c.ends_on, c.rome, c.department, c.objective, c.age, c.days)
    return (await desk.world.session.execute(select(*kept, c.minutes, c.agency_id, c.validated_at))).one()


async def test_anonymised_it_is_a_number_in_statistics_and_its_chain_verifies(desk: Conventions) -> None:
    convention = await desk.validated()
    said = {"outcome": "completed", "company_at": NOW, "feedback": "Zoé est à l’heure.", "hired": True}
    session, counsellor = desk.world.session, await desk.world.actor("counsellor")
    await session.execute(
        assessments.insert().values(convention_id=convention, minutes=4200, updated_at=NOW, **said)
    )
    before = await facts(desk)
    life = RETENTION[Kept.ARCHIVED_CONVENTIONS].life
    assert await gone(desk, ENDED + life - DAY) == {Kept.CONVENTIONS: 1}
    assert await gone(desk, ENDED + life) == {Kept.ARCHIVED_CONVENTIONS: 1}
    assert await gone(desk, ENDED + life + DAY) == {}
    assert await facts(desk) == before
    row = await conventions.by_id(session, convention)
    assert row is not None
    assert row.terms is None
    assert await faults(session, row, KEYS) == ()
    report = await verifying.verify(session, KEYS, row.reference)
    assert report is not None
    assert report.faults == ()
    for one in (table, convention_versions, convention_events, convention_signatories, assessments):
        whole = "".join(map(str, (await session.execute(select(one))).all()))
        for mark in ("Durand", "durand", "Zoé", "exemple.", "336123", "Boulangerie", "192.0.2", "1995"):
            assert mark not in whole, (one.name, mark)
    kept = select(assessments.c.outcome, assessments.c.minutes, assessments.c.hired)
    assert (await session.execute(kept)).one() == ("completed", 4200, True)
    with pytest.raises(NotFoundError):
        await archives.open_archive(desk.office, counsellor, convention, "x")


async def test_the_sealed_file_and_its_words_go_too(desk: Conventions) -> None:
    world = desk.world
    await add_conventions(
        world.session,
        Party(world.ids["person"], world.beneficiary, world.agency, world.ids["stranger"]),
    )
    life = RETENTION[Kept.ARCHIVED_CONVENTIONS].life
    await gone(desk, ENDED + life)
    await gone(desk, ENDED + life + DAY)
    d = convention_documents.c
    assert (await world.session.execute(select(d.data, d.tail, func.length(d.sealed_sha256)))).one() == (
        None,
        None,
        32,
    )


async def test_a_colleague_s_convention_is_not_theirs(desk: Conventions) -> None:
    """The counsellor's account goes: the convention of the person stays open."""
    convention = await desk.validated()
    counsellor = await desk.world.actor("counsellor")
    assert await left_conventions(desk.world.session, counsellor, desk.now) == {}
    standing = await desk.standing("stranger", convention)
    assert isinstance(standing.row.id, UUID)
    assert standing.row.archived_at is None
