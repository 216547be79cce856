"""The small referential, for tests of use cases."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.factories.reference import add_reference


@pytest.fixture
async def reference(session: AsyncSession) -> AsyncSession:
    """The test's session, with the small referential written in it."""
    await add_reference(session)
    return session
