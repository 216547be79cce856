"""The link of a signatory: another goes to the address on file, else to the mobile; none once archived."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import links
from data.tables import conventions, outbox
from domain.convention import As
from domain.errors import NotFoundError
from services.conventions.sign_links import Old, ask_another, read, sent_to
from services.followups import Event
from services.links import KINDS, Purpose
from tests.factories.conventions import NOW, Conventions, a_document, office_at
from tests.factories.discussions import build_world
from tests.services.convention_round import PERSON, Round
from tests.services.post import SITE

TOKEN = "of-the-tests".ljust(43, "-")
LATE = NOW + KINDS[Purpose.CONVENTION_SIGN].life


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def linked(desk: Conventions, email: str = PERSON) -> UUID:
    """A convention to sign, whose person has a mobile, and perhaps an address; a link was sent to them."""
    terms = a_document()
    convention = await desk.submitted(replace(terms, beneficiary=replace(terms.beneficiary, email=email)))
    one = await desk.signatory(convention, As.BENEFICIARY)
    await links.mint(desk.world.session, TOKEN, Purpose.CONVENTION_SIGN, str(one.id), NOW, LATE)
    return convention


@pytest.mark.parametrize(("email", "to"), [(PERSON, PERSON), ("", "+33612345678")])
async def test_another_link_goes_to_the_address_else_to_the_mobile(
    desk: Conventions, email: str, to: str
) -> None:
    await linked(desk, email)
    post = Round(desk)
    await post.settle()
    desk.now = LATE + timedelta(hours=1)
    old = await ask_another(desk.office, TOKEN)
    assert old.signatory is not None
    assert sent_to(desk.office, old.signatory) == to
    mailed = await post.run()
    texted = {one.recipient: one.text for one in post.phones.sent}
    assert set(mailed) | set(texted) == {to}
    assert all(f"{SITE}/signature/" in text for text in texted.values())


async def test_no_link_is_offered_where_none_would_come(desk: Conventions) -> None:
    """A mobile alone, and no provider of text messages."""
    await linked(desk, "")
    office = replace(office_at(desk.world.session, LATE), texts=False)
    old = await read(desk.world.session, TOKEN, LATE)
    assert isinstance(old, Old)
    assert old.signatory is not None
    assert sent_to(office, old.signatory) == ""
    with pytest.raises(NotFoundError):
        await ask_another(office, TOKEN)


@pytest.mark.parametrize("now", [NOW, LATE])
async def test_an_archived_convention_is_opened_by_no_link(desk: Conventions, now: datetime) -> None:
    convention = await linked(desk)
    session = desk.world.session
    await session.execute(update(conventions).where(conventions.c.id == convention).values(archived_at=NOW))
    desk.now = now
    assert await read(session, TOKEN, desk.now) == Old(
        "Cette convention est archivée : son immersion est finie depuis longtemps."
    )
    with pytest.raises(NotFoundError, match="archivée"):
        await ask_another(desk.office, TOKEN)
    asked = select(outbox).where(outbox.c.job == Event.CONVENTION_LINK_ASKED.value)
    assert (await session.execute(asked)).all() == []
