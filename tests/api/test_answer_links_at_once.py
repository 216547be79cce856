"""A company answers by a mail's link while its address changes, which takes links back: nobody is stuck."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from data.queries import companies, discussions, links
from data.session import Session, SessionMaker
from domain.discussion import Status, Told
from domain.errors import NotFoundError
from domain.roles import NOBODY
from services.discussions import answering, deciding, set_aside
from services.links import Purpose
from tests.api.at_once import sessions, until_waiting
from tests.api.space_callers import database
from tests.factories.discussions import NOW, World, add_request, build_world


@dataclass(frozen=True, slots=True)
class Site:
    """A request that waits for its company, and the tokens of what this one was sent."""

    world: World
    discussion: UUID

    def token(self, purpose: Purpose) -> str:
        return f"{purpose}-{self.discussion}".ljust(60, "-")


async def made(url: str, name: str) -> Site:
    async with database(url) as session:
        world = await build_world(session, NOW, f"at-once-{name}-")
        site = Site(world, await add_request(world, NOW))
        about = {Purpose.ANSWER: str(site.discussion), Purpose.COME_BACK: str(world.company)}
        for purpose, subject in about.items():
            await links.mint(session, site.token(purpose), purpose, subject, NOW, NOW + timedelta(days=7))
        return site


async def accept(session: Session, site: Site) -> None:
    party = await answering.lock_by_link(session, site.token(Purpose.ANSWER), NOW)
    await deciding.accept(session, party, Told.HERE, NOW)


async def come_back(session: Session, site: Site) -> None:
    await set_aside.come_back_by_link(session, NOBODY, site.token(Purpose.COME_BACK), NOW)


Act = Callable[[Session, Site], Awaitable[None]]


async def while_readdressed(maker: SessionMaker, site: Site, act: Act) -> BaseException | None:
    """What a link's holder meets who comes once the company's row is changed, before its links are."""

    async def opened() -> None:
        async with maker() as session, session.begin():
            await act(session, site)

    async with maker() as changing, maker() as watching, changing.begin():
        await companies.change_email(changing, site.world.company, "nouvelle@exemple.com", NOW)
        opening = asyncio.create_task(opened())

        await until_waiting(watching, "%FOR%UPDATE%")
        await answering.readdress(changing, site.world.company)
    return (await asyncio.gather(opening, return_exceptions=True))[0]


async def test_an_answer_under_way_is_kept(starter_database: str) -> None:
    site = await made(starter_database, "answer")
    async with sessions(starter_database) as maker:
        assert await while_readdressed(maker, site, accept) is None
        async with maker() as session:
            row = await discussions.by_id(session, site.discussion)
            assert row is not None
            assert row.status is Status.ACCEPTED
            with pytest.raises(NotFoundError):
                await answering.by_link(session, site.token(Purpose.ANSWER), NOW)


async def test_a_link_taken_back_meanwhile_brings_no_company_back(starter_database: str) -> None:
    site = await made(starter_database, "back")
    async with sessions(starter_database) as maker:
        found = await while_readdressed(maker, site, come_back)
    assert isinstance(found, NotFoundError), found


async def test_a_link_taken_back_meanwhile_answers_nothing(starter_database: str) -> None:
    """Whoever has the request's row takes its links back: read again once the row is ours."""
    site = await made(starter_database, "row")

    async with sessions(starter_database) as maker, maker() as changing, maker() as watching:

        async def opened() -> None:
            async with maker() as session, session.begin():
                await accept(session, site)

        async with changing.begin():
            await discussions.lock(changing, site.discussion)
            opening = asyncio.create_task(opened())
            await until_waiting(watching, "%FOR%UPDATE%")
            await answering.readdress(changing, site.world.company)
        found = (await asyncio.gather(opening, return_exceptions=True))[0]
    assert isinstance(found, NotFoundError), found
