"""Bans from the terminal: said in French, kept with their reason, audited as the back office's."""

import asyncio

import pytest
from sqlalchemy import select

from data.tables import audit, outbox
from domain.errors import NotFoundError
from ops import review
from ops.transactions import transaction
from settings import Settings
from tests.conftest import in_thread
from tests.factories.companies import a_siret, add_company


async def _ban_and_back(url: str) -> tuple[list[str], list[tuple[object, str, str]], list[str]]:
    siret = a_siret()
    async with transaction(url) as session:
        await add_company(session, siret=siret, name="Fournil", jobs=(), contact_email="a@fournil.example")
    said = [await review.ban(url, siret, "Demandes d’argent\naux candidats.")]
    said += [review.describe_banned(one) for one in await review.banned(url)]
    said += [await review.unban(url, siret)]
    said += [review.describe_banned(one) for one in await review.banned(url)]
    async with transaction(url) as session:
        lines = await session.execute(select(audit.c.actor_id, audit.c.role, audit.c.action))
        written = [(line.actor_id, line.role, line.action) for line in lines]
        jobs = list((await session.scalars(select(outbox.c.job).order_by(outbox.c.id))).all())
    return said, written, jobs


def test_a_company_is_banned_and_let_back(fresh_settings: Settings) -> None:
    url = fresh_settings.database_url
    said, written, jobs = in_thread(lambda: asyncio.run(_ban_and_back(url)))
    assert said[0] == said[2] == "Fournil"
    assert "Fournil (bannie le " in said[1]
    assert said[1].endswith("Demandes d’argent\n    aux candidats.")
    assert len(said) == 3, "nothing is banned any more"
    assert written == [(None, "back_office", "company.banned"), (None, "back_office", "company.unbanned")]
    assert jobs == ["company.banned_mail", "company.unbanned_mail"]


def test_an_unknown_siret_is_refused(fresh_settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="numéro"):
        in_thread(lambda: asyncio.run(review.ban(fresh_settings.database_url, a_siret(), "Raison")))
