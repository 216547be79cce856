"""A link is opened while somebody changes whose it is: nobody waits for the other, and the link is over."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import links
from data.session import Session
from domain.convention import As
from domain.errors import NotFoundError
from domain.roles import NOBODY, Actor
from domain.terms import Terms
from domain.terms_checks import Part
from services.assessments import opening as assessing
from services.conventions import parties, reviewing, sign_links
from services.conventions.draft_links import subject
from services.conventions.drafting import edit, keep
from services.conventions.opening import open_by
from services.conventions.sign_links import Old
from services.links import Purpose
from tests.api.at_once import sessions, until_waiting
from tests.api.convention_callers import NOW, Site, made
from tests.factories.conventions import office_at

TOKEN = "at-once".ljust(43, "-")


@dataclass(frozen=True, slots=True)
class Case:
    """What is changed, in a convention of a status, while its link is opened; what the link then opens."""

    status: str
    purpose: Purpose
    change: Callable[[Session, Site, Terms], Awaitable[None]]
    opens: Callable[[Session, str], Awaitable[object]]


async def rewrite(session: Session, site: Site, terms: Terms) -> None:
    standing = await parties.lock(session, await actor(session, site, "person"), site.convention)
    await keep(session, standing, Part.PERSON, terms, NOW)


async def change(session: Session, site: Site, terms: Terms) -> None:
    standing = await parties.lock(session, await actor(session, site, "counsellor"), site.convention)
    await edit(office_at(session, NOW), standing, terms, standing.row.version)


async def name_another_tutor(session: Session, site: Site, _: Terms) -> None:
    standing = await parties.lock(session, await actor(session, site, "counsellor"), site.convention)
    tutor = replace(standing.row.document.host.tutor, email="relais@exemple.com")
    await reviewing.change_tutor(office_at(session, NOW), standing, tutor)


async def actor(session: Session, site: Site, name: str) -> Actor:
    return await replace(site.world, session=session).actor(name)


async def open_draft(session: Session, token: str) -> object:
    return await open_by(session, NOBODY, token, NOW, locked=True)


async def open_signature(session: Session, token: str) -> object:
    return await sign_links.lock(session, token, NOW + timedelta(seconds=1))


async def open_assessment(session: Session, token: str) -> object:
    return await assessing.by_link(office_at(session, NOW), token)


async def about(session: AsyncSession, site: Site, purpose: Purpose) -> str:
    if purpose is Purpose.CONVENTION_DRAFT:
        return subject(site.convention, As.BENEFICIARY)
    if purpose is Purpose.ASSESSMENT:
        return assessing.subject(site.convention, "company")
    desk = replace(site.desk, world=replace(site.world, session=session))
    return str((await desk.signatory(site.convention, As.BENEFICIARY)).id)


CASES = [
    Case("draft", Purpose.CONVENTION_DRAFT, rewrite, open_draft),
    Case("submitted", Purpose.CONVENTION_SIGN, change, open_signature),
    Case("validated", Purpose.ASSESSMENT, name_another_tutor, open_assessment),
]


@pytest.mark.parametrize("case", CASES, ids=[one.status for one in CASES])
async def test_a_link_taken_back_while_it_is_opened(starter_database: str, case: Case) -> None:
    site = await made(starter_database, case.status, "l")
    token = f"{site.number:03}-{TOKEN}"
    other = replace(site.terms.beneficiary, email=f"autre-{site.number}@exemple.fr")
    async with sessions(starter_database) as maker:
        async with maker() as session, session.begin():
            named = await about(session, site, case.purpose)
            await links.mint(session, token, case.purpose, named, NOW, NOW + timedelta(days=7))

        async def opened() -> object:
            async with maker() as session, session.begin():
                return await case.opens(session, token)

        async with maker() as changing, maker() as watching, changing.begin():
            await parties.lock(changing, await actor(changing, site, "counsellor"), site.convention)
            opening = asyncio.create_task(opened())

            await until_waiting(watching, "%FOR UPDATE%")
            await case.change(changing, site, replace(site.terms, beneficiary=other))
        found = (await asyncio.gather(opening, return_exceptions=True))[0]
    assert isinstance(found, NotFoundError | Old), found
