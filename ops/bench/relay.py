"""Answers by mail, handed by SMTP to a real receiver and on by a real worker: how fast, how exactly.

Twice as many: the first ones undisturbed, which gives the speed; the others while the worker is killed.
"""

import asyncio
import contextlib
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import aiosmtplib
import asyncpg
from aiosmtpd.smtp import SMTP, Envelope, Session

from ops.bench.database import bench_database, fill
from ops.bench.index import resident_mb
from ops.bench.sample import World, sample_of
from ops.children import Child
from ops.mailbox import smtp_server
from settings import Settings

MAILS = 1000
_DISCUSSIONS = 100
_CONNECTIONS = 8
_DOMAIN = "reponse.escale.example"
_KILLED_AFTER = 3
"""The worker is killed once a third of the mails are handed on."""
_LOOK_S = 0.05
_STALL_S = 90.0
_PEOPLE = """
    WITH chosen AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n FROM companies
        WHERE proof = 'proved' AND contact_email <> '' ORDER BY id LIMIT $1
    ), accounts AS (
        INSERT INTO users (email, created_at, seen_at)
        SELECT 'personne' || n || '@mesure.example', now(), now() FROM chosen RETURNING id, email
    ), people AS (
        INSERT INTO beneficiaries (user_id, first_name, last_name, created_at, updated_at)
        SELECT id, 'Zoé', email, now(), now() FROM accounts RETURNING id, last_name
    )
    INSERT INTO discussions (company_id, rome, label, contact_mode, beneficiary_id, status, status_at,
        objective, reached_at, candidate_address, company_address, created_at, updated_at)
    SELECT chosen.id, 'D1102', 'Boulanger', 'email', people.id, 'pending', now(),
        'discover', now(), 'candidat' || n, 'entreprise' || n, now(), now()
    FROM chosen JOIN people ON people.last_name = 'personne' || n || '@mesure.example'
"""
_SENDERS = """
    SELECT candidate_address, contact_email FROM discussions JOIN companies ON companies.id = company_id
"""
_HANDED_ON = "SELECT count(*) FROM inbound_mails WHERE status = 'delivered'"
_LEFT = "SELECT count(*) FROM outbox WHERE done_at IS NULL AND parked_at IS NULL"
_THREADS = """
    SELECT count(*), count(DISTINCT body) FROM discussion_messages WHERE channel = 'mail'
"""
_FORGOTTEN = "UPDATE outbox SET handed_at = NULL WHERE done_at IS NULL AND parked_at IS NULL"
"""What a killed worker had been handed comes back after five minutes: here, at once."""


class BenchError(Exception):
    """The benchmark cannot run; the message says why in French."""


class _Sink:
    """Takes the letters that answers lead to, and forgets them."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        return "250 OK"


def run(settings: Settings, mails: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Hand over twice that many answers; the clock runs from the first connection to the last message.

    `worker_cpu_ms` is what an answer costs its worker, the letter it leads to included: the speed of a
    machine that does nothing else.
    """
    with (
        bench_database(settings, say) as ready,
        tempfile.TemporaryDirectory() as name,
        smtp_server(_Sink()) as url,
        contextlib.ExitStack() as stack,
    ):
        asyncio.run(fill(ready.database_url, World.starter(), sample_of(World.starter(), 2 * _DISCUSSIONS)))
        sunk = replace(
            ready,
            environment="test",
            mail_allow="*",
            smtp_url=url,
            relay_domain=_DOMAIN,
            relay_listen=f"smtp://127.0.0.1:{_free_port()}",
        )
        children = {one: Child(one, [one], sunk, Path(name) / f"{one}.log") for one in ("relay", "worker")}
        for child in children.values():
            stack.callback(child.stop)
            child.start()
        found = asyncio.run(_measured(sunk, mails, children["worker"]))
    say(
        f"{found['rate_per_s']:g} réponses par seconde, {found['worker_cpu_ms']:g} ms de processeur chacune, "
        f"lettre comprise ; processus tué : {found['lost']} perdues, "
        f"{found['repeated']} répétées"
    )
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _measured(settings: Settings, mails: int, worker: Child) -> dict[str, Any]:
    async with _database(settings) as database:
        await database.execute(_PEOPLE, _DISCUSSIONS)
        senders = [(row[0], row[1]) for row in await database.fetch(_SENDERS)]
        await _until(
            lambda: _ready(settings, database), "Le récepteur ou le processus de travail ne démarre pas."
        )
        before = worker.cpu_s()
        seconds = await _phase(settings, database, _mails(senders, 0, mails))
        await _until(lambda: _none(database, _LEFT), "Les lettres ne partent pas.")
        cpu_s = worker.cpu_s() - before
        killing = asyncio.create_task(_kill(settings, worker, mails + mails // _KILLED_AFTER))
        with_kill = await _phase(settings, database, _mails(senders, mails, 2 * mails))
        await killing
        written, different = await database.fetchrow(_THREADS)
    return {
        "rate_per_s": round(mails / seconds, 1),
        "lost": 2 * mails - different,
        "repeated": written - different,
        "seconds": round(seconds, 2),
        "seconds_with_kill": round(with_kill, 2),
        "worker_cpu_ms": round(1000 * cpu_s / mails, 1),
        "mails": 2 * mails,
        "rss_mb": resident_mb(),
    }


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(settings.database_url)
    try:
        yield connection
    finally:
        await connection.close()


def _mails(senders: list[tuple[str, str]], first: int, end: int) -> list[tuple[str, str, bytes]]:
    """Sender, recipient and content of each, as a mail reader writes it."""
    made = []
    for number in range(first, end):
        local, sender = senders[number % len(senders)]
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, f"{local}@{_DOMAIN}"
        mail["Subject"], mail["Message-ID"] = "Re: Demande d’immersion", f"<{number}@mesure.example>"
        quoted = (
            "Le sam. 21 nov. 2026 à 10:00, Escale <x@y.fr> a écrit :\n\n> Bonjour,\n> Zoé aimerait venir.\n"
        )
        mail.set_content(f"Bonjour, réponse numéro {number}.\n\n{quoted}")
        mail.add_alternative(f"<p>Bonjour, réponse numéro {number}.</p>", subtype="html")
        made.append((sender, str(mail["To"]), mail.as_bytes()))
    return made


async def _phase(settings: Settings, database: Any, mails: list[tuple[str, str, bytes]]) -> float:  # noqa: ANN401
    """Seconds from the first connection to the last message handed on."""
    before = await database.fetchval(_HANDED_ON)
    began = time.monotonic()
    host, port = settings.relay_listen.removeprefix("smtp://").split(":")
    left = iter(mails)

    async def hand_over() -> None:
        async with aiosmtplib.SMTP(hostname=host, port=int(port)) as client:
            for sender, recipient, content in left:
                await client.sendmail(sender, [recipient], content)

    await asyncio.gather(*(hand_over() for _ in range(_CONNECTIONS)))

    async def all_handed_on() -> bool:
        return bool(await database.fetchval(_HANDED_ON) >= before + len(mails))

    await _until(all_handed_on, "Des réponses ne sont pas transmises.", forgiving=True)
    return time.monotonic() - began


async def _kill(settings: Settings, worker: Child, after: int) -> None:
    """Kill the worker once that many are handed on, and start another."""
    async with _database(settings) as database:

        async def enough() -> bool:
            return bool(await database.fetchval(_HANDED_ON) >= after)

        await _until(enough, "Des réponses ne sont pas transmises.")
        worker.kill()
        await database.execute(_FORGOTTEN)
        worker.start()


async def _ready(settings: Settings, database: Any) -> bool:  # noqa: ANN401 - a connection of asyncpg
    host, port = settings.relay_listen.removeprefix("smtp://").split(":")
    try:
        _, writer = await asyncio.open_connection(host, int(port))
    except OSError:
        return False
    writer.close()
    return bool(await database.fetchval("SELECT count(*) FROM outbox")) and await _none(database, _LEFT)


async def _none(database: Any, query: str) -> bool:  # noqa: ANN401 - a connection of asyncpg
    return not await database.fetchval(query)


async def _until(true: Callable[[], Awaitable[bool]], said: str, *, forgiving: bool = False) -> None:
    """Wait until something is so; when it takes too long, stop waiting (`forgiving`) or raise."""
    deadline = time.monotonic() + _STALL_S
    while not await true():
        if time.monotonic() > deadline:
            if forgiving:
                return
            raise BenchError(said)
        await asyncio.sleep(_LOOK_S)
