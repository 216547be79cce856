"""Conventions whose immersion is over, before an application whose clock is the real one."""

import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from data.queries import links
from data.queries.conventions import plain
from data.tables import conventions
from domain.terms import SkillSought
from services.assessments.opening import subject
from services.links import Purpose
from tests.api import convention_callers
from tests.api.space_callers import database
from tests.factories.conventions import a_document

SKILL = "E0311"
SIDES = ("company", "person", "follow")


@dataclass(frozen=True, slots=True)
class Ended:
    """A site, and the path that each side was sent."""

    site: convention_callers.Site
    paths: dict[str, str]

    @property
    def convention(self) -> UUID:
        """Its id."""
        return self.site.convention

    @property
    def url(self) -> str:
        """Its page for an account."""
        return f"{self.site.url}/bilan"


async def ended(url: str, prefix: str = "b", *, days_ago: int = 0) -> Ended:
    """A validated convention whose last day was so long ago (negative: is to come)."""
    site = await convention_callers.made(url, "validated", prefix)
    now = convention_callers.NOW
    monday = now.date() - timedelta(days=now.weekday() + 7)
    last = now.date() - timedelta(days=days_ago)
    whole = a_document(min(monday, last), max(last, monday + timedelta(days=1)))
    terms = replace(
        site.terms,
        starts_on=whole.starts_on,
        ends_on=whole.ends_on,
        schedule=whole.schedule,
        activity=replace(site.terms.activity, skills=(SkillSought(SKILL, "Pétrir une pâte"),)),
    )
    paths = {}
    async with database(url) as session:
        values = {"terms": plain(terms), "starts_on": terms.starts_on, "ends_on": terms.ends_on}
        await session.execute(update(conventions).where(conventions.c.id == site.convention).values(**values))
        for side in SIDES:
            token = secrets.token_urlsafe(32)
            who = subject(site.convention, side)
            await links.mint(session, token, Purpose.ASSESSMENT, who, now, now + timedelta(days=90))
            paths[side] = f"/bilan/{token}"
    return Ended(site, paths)


async def archive(url: str, one: Ended) -> None:
    """Its time is over."""
    async with database(url) as session:
        mine = conventions.c.id == one.convention
        await session.execute(update(conventions).where(mine).values(archived_at=convention_callers.NOW))
