"""What tests of accounts do again and again."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import links
from data.queries.sessions import actor_of
from data.tables import sign_ins
from domain.roles import Actor
from services.accounts.entering import Browser, Entered
from services.accounts.mail_links import ask_link, sign_in
from services.links import KINDS, Purpose
from tests.factories.forms import NOW

EMAIL = "lea.martin@exemple.fr"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"


def browser(**values: Any) -> Browser:  # noqa: ANN401 - fields of a browser
    return Browser(**{"session_token": "", "user_agent": FIREFOX} | values)


async def asked_link(session: AsyncSession, email: str = EMAIL, next_path: str = "/passeport") -> str:
    """Ask for a link, and mint the one that the mail would carry; its token."""
    await ask_link(session, email, next_path, NOW)
    newest = select(sign_ins.c.id).where(sign_ins.c.email == email.lower()).order_by(sign_ins.c.created_at)
    sign_in_id = str((await session.scalars(newest)).all()[-1])
    token = f"link-{sign_in_id}"
    await links.mint(session, token, Purpose.SIGN_IN, sign_in_id, NOW, NOW + KINDS[Purpose.SIGN_IN].life)
    return token


async def signed_in(session: AsyncSession, email: str = EMAIL, **values: Any) -> Entered:  # noqa: ANN401
    """Sign in by mail, in some browser."""
    return await sign_in(session, await asked_link(session, email), browser(**values), NOW)


async def actor(session: AsyncSession, entered: Entered) -> Actor:
    """Who holds that session."""
    found = await actor_of(session, entered.token, NOW)
    assert found is not None
    return found
