"""The links of a draft live as long as it does: whoever has no account has no other key to it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.convention import DRAFT_LIFE
from domain.errors import ExpiredError
from domain.roles import NOBODY
from domain.terms_checks import Part
from services.conventions.drafting import keep, link
from services.conventions.opening import open_by
from tests.factories.conventions import NOW, Conventions, a_document
from tests.factories.discussions import build_world

DAY = timedelta(days=1)


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def change(desk: Conventions, token: str, at: datetime) -> None:
    """Its holder writes something else, by the link."""
    opened = await open_by(desk.world.session, NOBODY, token, at, locked=True)
    terms = replace(a_document(), activity=replace(a_document().activity, tasks=f"Vendre, le {at:%d}"))
    await keep(desk.world.session, opened.standing, Part.ACTIVITY, terms, at)


async def test_a_draft_changed_yesterday_still_opens(desk: Conventions) -> None:
    convention = await desk.draft()
    token = await link(desk.world.session, convention, NOW)
    for days in (29, 58):
        await change(desk, token, NOW + days * DAY)
    last = NOW + 58 * DAY + DRAFT_LIFE
    opened = await open_by(desk.world.session, NOBODY, token, last - DAY)
    assert opened.standing.row.id == convention
    with pytest.raises(ExpiredError):
        await open_by(desk.world.session, NOBODY, token, last)


async def test_an_old_link_is_not_brought_back(desk: Conventions) -> None:
    convention, other = await desk.draft(), await desk.draft()
    old = await link(desk.world.session, convention, NOW)
    beside = await link(desk.world.session, other, NOW)
    later = NOW + DRAFT_LIFE
    newer = await link(desk.world.session, convention, later - DAY)
    await change(desk, newer, later)
    for token in (old, beside):
        with pytest.raises(ExpiredError):
            await open_by(desk.world.session, NOBODY, token, later)
