"""What is kept of requests goes in time: a moment too old goes, a moment younger stays."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import contact_drafts, discussion_files, discussion_messages, discussions, saved_searches
from domain.discussion import Side, Status
from domain.retention import RETENTION, Kept
from services.discussions import deciding
from services.retention import apply_retention
from tests.factories.conventions import office_at
from tests.factories.discussions import NOW, World, build_world

MOMENT = timedelta(seconds=1)
REQUESTS = {
    Kept.CONTACT_DRAFTS,
    Kept.MESSAGE_BODIES,
    Kept.DISCUSSION_FILES,
    Kept.CLOSED_DISCUSSIONS,
    Kept.DISCUSSIONS,
    Kept.SAVED_SEARCHES,
}


@pytest.fixture
async def world(reference: AsyncSession) -> World:
    return await build_world(reference)


def draft(world: World, at: datetime) -> dict[str, Any]:
    known = {"token_hash": secrets.token_bytes(32), "offer_id": world.offer}
    return known | {"created_at": at, "updated_at": at}


def file(discussion: UUID, at: datetime) -> dict[str, Any]:
    known = {"kind": "cv", "name": "cv.pdf", "media_type": "application/pdf", "content": b"%PDF"}
    return known | {"discussion_id": discussion, "added_at": at}


def search(world: World, at: datetime) -> dict[str, Any]:
    known = {"user_id": world.ids["person"], "label": "x", "query": secrets.token_hex(4)}
    return known | {"frequency": "none", "checked_at": at, "seen_at": at, "created_at": at}


async def gone(world: World, at: datetime = NOW) -> dict[Kept, int]:
    dropped = await apply_retention(office_at(world.session, at))
    return {kept: count for kept, count in dropped.items() if count and kept in REQUESTS}


@pytest.mark.parametrize("kept", [Kept.CONTACT_DRAFTS, Kept.DISCUSSION_FILES, Kept.SAVED_SEARCHES])
async def test_rows_go_in_time(world: World, kept: Kept) -> None:
    limit = NOW - RETENTION[kept].life
    discussion = await world.asked() if kept is Kept.DISCUSSION_FILES else UUID(int=0)
    for at in (limit - MOMENT, limit + MOMENT):
        table, row = {
            Kept.CONTACT_DRAFTS: (contact_drafts, draft(world, at)),
            Kept.DISCUSSION_FILES: (discussion_files, file(discussion, at)),
            Kept.SAVED_SEARCHES: (saved_searches, search(world, at)),
        }[kept]
        await world.session.execute(insert(table).values(**row))
    assert await gone(world) == {kept: 1}


async def test_bodies_are_wiped_and_the_thread_stays(world: World) -> None:
    discussion = await world.asked()
    later = NOW + RETENTION[Kept.MESSAGE_BODIES].life
    await deciding.write(
        world.session, await world.party("owner", discussion), Side.COMPANY, "Bonjour", NOW + 2 * MOMENT
    )
    assert await gone(world, later) == {}
    assert await gone(world, later + MOMENT) == {Kept.MESSAGE_BODIES: 1}
    rows = (await world.session.execute(select(discussion_messages).order_by(discussion_messages.c.id))).all()
    assert [(row.body, row.wiped_at is None) for row in rows] == [("", False), ("Bonjour", True)]


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        (Status.WITHDRAWN, Kept.CLOSED_DISCUSSIONS),
        (Status.EXPIRED, Kept.CLOSED_DISCUSSIONS),
        (Status.ACCEPTED, Kept.DISCUSSIONS),
    ],
)
async def test_a_request_goes_with_its_thread(world: World, status: Status, kept: Kept) -> None:
    await world.asked()
    told = {"told": "here"} if status is Status.ACCEPTED else {}
    await world.session.execute(update(discussions).values(status=status.value, **told))
    later = NOW + RETENTION[kept].life
    assert kept not in await gone(world, later)
    assert (await gone(world, later + MOMENT))[kept] == 1
    assert (await world.session.execute(select(discussion_messages))).all() == []
