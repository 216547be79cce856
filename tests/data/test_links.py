"""Links by mail, on a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import links

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TOKEN, PURPOSE = "a-token-of-the-tests", "convention.sign"


@pytest.mark.parametrize("later", [timedelta(hours=1), timedelta(0), timedelta(seconds=-2)])
async def test_a_link_ends_though_the_clock_that_minted_it_is_ahead(
    session: AsyncSession, later: timedelta
) -> None:
    await links.mint(session, TOKEN, PURPOSE, "1", NOW, NOW + timedelta(days=7))
    await links.end(session, PURPOSE, "1", NOW + later)
    found = await links.lock(session, TOKEN, PURPOSE)
    assert found is not None
    assert found.expires_at <= NOW + max(later, timedelta(seconds=1))
