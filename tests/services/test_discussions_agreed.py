"""Once a convention was sent, an accepted request says where it stands rather than to prepare one."""

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import conventions
from domain.discussion import Side
from services.discussions import parties, reading
from tests.factories.conventions import NOW, Conventions
from tests.factories.discussions import add_request, build_world


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("draft", "Préparez la convention"),
        ("to_sign", "attend des signatures"),
        ("rejected", "a refusé la convention"),
        ("cancelled", "est annulée"),
    ],
)
async def test_what_is_true_of_the_convention_is_said(
    reference: AsyncSession, status: str, said: str
) -> None:
    world = await build_world(reference)
    values = {"status": "accepted", "answered_at": NOW, "told": "here", "offer_id": world.offer}
    discussion = await add_request(world, NOW, **values)
    desk = Conventions(world)
    convention = await (desk.draft() if status == "draft" else desk.submitted())
    mine = update(conventions).where(conventions.c.id == convention)
    await reference.execute(mine.values(discussion_id=discussion, status=status))
    party = await parties.read(reference, await world.actor("person"), discussion)
    assert said in (await reading.see(reference, party, Side.CANDIDATE, NOW)).next
