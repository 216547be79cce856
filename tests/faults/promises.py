"""Mails promised by commits, and the account of what the mail server saw of them."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from data.session import SessionMaker
from settings import Settings
from tests.clients.smtp_server import Sink
from tests.workers.worker_process import until

_PATIENCE_S = 100.0
"""On a machine that does other things too: nothing here is about speed."""
_COMPANIES = """
    INSERT INTO companies (siret, name, contact_email, contact_mode, source, proof, created_at, updated_at)
    SELECT lpad(n::text, 14, '0'), 'Entreprise ' || n, 'n' || n || '@promises.example', 'email', 'test',
           'proved', now(), now()
    FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
    RETURNING id
"""
_PROMISES = """
    INSERT INTO outbox (job, payload)
    SELECT 'company.edit_mail', jsonb_build_object('company', id) FROM made
"""


def settings_of(base: Settings, smtp_url: str) -> Settings:
    return Settings(
        environment="test",
        database_url=base.database_url,
        valkey_url=base.valkey_url,
        storage_url=base.storage_url,
        smtp_url=smtp_url,
        mail_allow="*",
        geocoding_url="http://127.0.0.1:9",
        sirene_url="http://127.0.0.1:9",
        sirene_timeout_s=0.2,
        registrations_per_hour=0,
        mails_per_hour=0,
        public_url="https://escale.example",
    )


@dataclass(slots=True)
class Promises:
    """So many mails promised, each to an address of its own."""

    maker: SessionMaker
    sink: Sink
    logs: Path
    count: int = 0
    kills: int = field(default=0)

    async def make(self, count: int) -> None:
        """Promise more, in one transaction."""
        statement = text(f"WITH made AS ({_COMPANIES}) {_PROMISES}")
        async with self.maker() as session, session.begin():
            await session.execute(statement, {"first": self.count + 1, "last": self.count + count})
            await session.execute(text("SELECT pg_notify('outbox', '')"))
        self.count += count

    async def waiting(self) -> int:
        async with self.maker() as session:
            query = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND parked_at IS NULL"
            return int((await session.execute(text(query))).scalar_one())

    async def parked(self) -> int:
        async with self.maker() as session:
            query = "SELECT count(*) FROM outbox WHERE parked_at IS NOT NULL"
            return int((await session.execute(text(query))).scalar_one())

    async def hurry(self) -> None:
        """What waits for its next try is tried now."""
        async with self.maker() as session, session.begin():
            later = "UPDATE outbox SET available_at = now() WHERE done_at IS NULL AND available_at > now()"
            await session.execute(text(later))
            await session.execute(text("SELECT pg_notify('outbox', '')"))

    async def arrived(self, count: int) -> None:
        """Wait until the server has taken that many."""
        await until(lambda: len(self.sink.got) >= count, f"{count} mails", _PATIENCE_S)

    async def kept(self, patience_s: float = _PATIENCE_S, *, refused: int = 0) -> None:
        """Wait until nothing waits, then check: each mail once, a kill repeating one at most, none stuck.

        `refused`: how many the server refuses for good.
        """

        async def settled() -> bool:
            return await self.waiting() == 0

        await until(settled, "the end of the work", patience_s)
        addresses = Counter(str(message["To"]) for message in self.sink.got)
        identities = {str(message["Message-ID"]) for message in self.sink.got}
        assert len(addresses) == self.count - refused, "some were lost"
        assert len(identities) == len(addresses), "a repeat has another Message-ID"
        assert len(self.sink.got) - len(addresses) <= self.kills, "more repeats than kills"
        async with self.maker() as session:
            query = "SELECT count(*) FROM emails WHERE sent_at IS NOT NULL AND template = 'company_edit'"
            assert (await session.execute(text(query))).scalar_one() == self.count - refused
