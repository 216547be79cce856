"""Invented drafts, whole and ready to be sent, in an agency whose only agent validates them."""

import random
import secrets
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from stdnum.luhn import calc_check_digit

from data.queries.sessions import open_session
from data.session import create_engine, create_maker
from domain.chain import ChainKeys
from domain.convention import Status
from domain.roles import NOBODY
from domain.schedule_pattern import draw
from domain.terms import Terms
from ops.bench.convention_rows import SEED, WEEK, invented
from services.conventions.drafting import Origin, link, start
from services.conventions.story import Office
from settings import Settings

AGENT = "agent@mesure.example"
_AHEAD, _LENGTH = timedelta(days=28), timedelta(days=11)
_AGENCY = """
    INSERT INTO agencies (kind, name, status, contact_email, source, created_at, updated_at, activated_at)
    VALUES ('mission_locale', 'Mission de mesure', 'active', 'mesure@mesure.example', 'form', now(), now(),
        now()) RETURNING id
"""
_USER = """
    INSERT INTO users (email, first_name, last_name, created_at, seen_at)
    VALUES ($1, 'Agent', 'Mesure', now(), now()) RETURNING id
"""
_RIGHT = """
    INSERT INTO agency_rights (agency_id, user_id, roles, asked_at, decided_at)
    VALUES ($1, $2, '{validator,agency_admin}', now(), now())
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole draft: `number` is in the addresses of its people, `key` in the link that sends it."""

    convention: UUID
    number: int
    key: str

    @property
    def person(self) -> str:
        """Address of the beneficiary."""
        return f"personne{self.number}@mesure.example"

    @property
    def company(self) -> str:
        """Address of who signs for the company."""
        return f"entreprise{self.number}@mesure.example"

    @property
    def tutor(self) -> str:
        """Address of the tutor."""
        return f"tuteur{self.number}@mesure.example"


@dataclass(frozen=True, slots=True)
class Ready:
    """What is there before the clock starts; `agent` is the session of who validates."""

    agent: str
    drafts: list[Draft]


async def ready(settings: Settings, count: int) -> Ready:
    """Write the agency, its agent and the drafts."""
    now = datetime.now(UTC)  # noqa: TID251 - the command has the clock
    agency, user = await _agency(settings.database_url)
    token = secrets.token_urlsafe(32)
    engine = create_engine(settings.database_url, 1)
    keys = ChainKeys(settings.chain_keys, settings.secret_key)
    drafts = []
    async with create_maker(engine)() as session:
        until = now + timedelta(hours=6)
        values = {"user_id": user, "method": "mail", "created_at": now, "expires_at": until}
        await open_session(session, token, values)
        office = Office(session, keys, settings.secret_key, now)
        for number in range(1, count + 1):
            row = await start(office, NOBODY, _document(number, now.date()), Origin(agency_id=agency))
            drafts.append(Draft(row.id, number, await link(session, row.id, now)))
        await session.commit()
    await engine.dispose()
    await _analysed(settings.database_url)
    return Ready(token, drafts)


async def _agency(database_url: str) -> tuple[int, UUID]:
    connection: Any = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            agency, user = await connection.fetchval(_AGENCY), await connection.fetchval(_USER, AGENT)
            await connection.execute(_RIGHT, agency, user)
    finally:
        await connection.close()
    return agency, user


async def _analysed(database_url: str) -> None:
    """What PostgreSQL does by itself in a service that has lived for more than a minute."""
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("VACUUM ANALYZE conventions, convention_events, links")
    finally:
        await connection.close()


def _document(number: int, today: date) -> Terms:
    """Of a person and a company that no other draft has."""
    terms, _ = invented(number, Status.DRAFT, random.Random(SEED + number), today)  # noqa: S311 - invented
    first = today + _AHEAD
    first += timedelta(days=-first.weekday() % 7)
    draft = Draft(UUID(int=0), number, "")
    siren = _checked(f"{10_000_000 + number}")
    contact = replace(terms.host.contact, email=draft.company)
    tutor = replace(contact, first_name="Paul", function="Boulanger", email=draft.tutor)
    host = replace(terms.host, siret=_checked(f"{siren}0001"), contact=contact, tutor=tutor)
    person = replace(terms.beneficiary, last_name=f"Durand {_letters(number)}", email=draft.person)
    last = first + _LENGTH
    return replace(
        terms,
        beneficiary=person,
        host=host,
        starts_on=first,
        ends_on=last,
        schedule=draw(WEEK, first, last, "75"),
    )


def _checked(figures: str) -> str:
    return figures + str(calc_check_digit(figures))


def _letters(number: int) -> str:
    """A name has no figures in it."""
    return "".join("abcdefghij"[int(one)] for one in str(number)).title()
