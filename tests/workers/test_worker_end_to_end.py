"""The worker as a process: what commits promise arrives once, whatever dies on the way."""

import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from data.session import SessionMaker
from ops.embedded import EmbeddedServers
from services.registrations import prove
from settings import Settings
from tests.clients.http_server import Answer, serve
from tests.clients.smtp_server import Sink, mail_server
from tests.workers.worker_process import database, left, register_some, until, worker
from workers.schedule import SCHEDULE

POINT = {"type": "Point", "coordinates": [-1.5502, 47.2101]}
PROPERTIES = {"score": 0.93, "type": "housenumber", "citycode": "44109", "postcode": "44000"}
STREET = {"features": [{"geometry": POINT, "properties": PROPERTIES}]}


def settings_of(base: Settings, sink: Sink, geocoding_url: str = "http://127.0.0.1:9") -> Settings:
    return Settings(
        environment="test",
        database_url=base.database_url,
        valkey_url=base.valkey_url,
        storage_url=base.storage_url,
        smtp_url=sink.url,
        mail_allow="*",
        geocoding_url=geocoding_url,
        public_url="https://escale.example",
    )


def ids(sink: Sink) -> list[str]:
    return [str(message["Message-ID"]) for message in sink.got]


def token_in(sink: Sink) -> str:
    found = re.search(r"/entreprises/preuve/(\S+)", sink.got[-1].as_string().replace("=\n", ""))
    assert found
    return found[1].rstrip('"<>')


async def nothing_left(maker: SessionMaker) -> bool:
    return await left(maker) == 0


async def clock_done(maker: SessionMaker) -> bool:
    """Whether every run that the clock planned at the start is over."""
    async with maker() as session:
        ended = await session.scalar(text("SELECT count(*) FROM scheduled_runs WHERE ended_at IS NOT NULL"))
    return ended == len(SCHEDULE) and await left(maker) == 0


async def test_from_the_form_to_the_company_found(fresh_settings: Settings, tmp_path: Path) -> None:
    """Registered, mailed, proved, published, placed, told, and without a name in logs."""
    async with (
        mail_server() as sink,
        serve(Answer(body=STREET)) as api,
        database(fresh_settings.database_url) as maker,
    ):
        with worker(settings_of(fresh_settings, sink, api.url), tmp_path) as process:
            await until(lambda: bool(process.lines()), "the worker's first line")
            await until(lambda: clock_done(maker), "the scheduled runs")
            await register_some(maker, 1)
            await until(lambda: len(sink.got) == 1, "the proof mail")
            await until(lambda: nothing_left(maker), "its record, with the link")
            token = token_in(sink)
            async with maker() as session, session.begin():
                await prove(session, token, datetime.now(UTC))  # noqa: TID251 - a test's clock
            await until(lambda: len(sink.got) == 2, "the mail of the publication")
            await until(lambda: nothing_left(maker), "the end of the work")
            assert await asyncio.to_thread(process.stop) == 0
        async with maker() as session:
            place = (await session.execute(text("SELECT lat, lon, approximate FROM company_places"))).one()
            assert tuple(place) == (47.2101, -1.5502, False)
            runs = await session.execute(
                text("SELECT job FROM outbox WHERE done_at IS NOT NULL ORDER BY job")
            )
            clock = [one.job for one in SCHEDULE]
            asked = ["company.proof_mail", "company.published_mail", "place.geocode", "saved_search.match"]
            assert runs.scalars().all() == sorted([*asked, *clock])
        events = [line["event"] for line in process.lines()]
        assert events[0] == "worker.started"
        assert events[-1] == "worker.stopped"
        assert events.count("job.done") == len(asked) + len(clock)
        log = process.log.read_text()
        assert all(secret not in log for secret in ("dupont", "Dupont", "Petit", token, "rue du"))


async def test_killed_in_the_middle_of_a_mail(fresh_settings: Settings, tmp_path: Path) -> None:
    """SIGKILL while the mail server has the message and has not answered: it arrives all the same."""
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = settings_of(fresh_settings, sink)
        sink.delay_s = 30
        with worker(settings, tmp_path) as process:
            await register_some(maker, 1)
            await until(lambda: sink.receiving == 1, "the mail being sent")
            process.kill()
        sink.delay_s = 0
        assert await left(maker) > 0
        with worker(settings, tmp_path):
            await until(lambda: nothing_left(maker), "the mail, sent by another worker")
        assert len(set(ids(sink))) == 1
        assert 1 <= len(sink.got) <= 2
        async with maker() as session, session.begin():
            assert (await prove(session, token_in(sink), datetime.now(UTC))).status == "published"  # noqa: TID251


async def test_killed_among_many_mails(fresh_settings: Settings, tmp_path: Path) -> None:
    """Two SIGKILLs among forty mails: all arrive; each repeats one at most."""
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = settings_of(fresh_settings, sink)
        await register_some(maker, 40)
        sink.delay_s = 0.1
        for wanted in (8, 20):
            with worker(settings, tmp_path) as process:
                await until(lambda wanted=wanted: len(sink.got) >= wanted, f"{wanted} mails")
                process.kill()
        with worker(settings, tmp_path), worker(settings, tmp_path):
            await until(lambda: nothing_left(maker), "the other mails")
        assert len(set(ids(sink))) == 40
        assert len(sink.got) - 40 <= 2


async def test_two_workers_send_each_mail_once(fresh_settings: Settings, tmp_path: Path) -> None:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = settings_of(fresh_settings, sink)
        with worker(settings, tmp_path), worker(settings, tmp_path):
            await register_some(maker, 40)
            await until(lambda: nothing_left(maker), "forty mails")
        assert len(ids(sink)) == len(set(ids(sink))) == 40


async def test_valkey_killed_and_back(own_servers: EmbeddedServers, tmp_path: Path) -> None:
    base = Settings(database_url=own_servers.database_url, valkey_url=own_servers.valkey_url)
    async with mail_server() as sink, database(base.database_url) as maker:
        with worker(settings_of(base, sink), tmp_path):
            await register_some(maker, 1)
            await until(lambda: len(sink.got) == 1, "a first mail")
            await asyncio.to_thread(own_servers.valkey.kill)
            await register_some(maker, 3)
            await asyncio.sleep(1)
            assert len(sink.got) == 1
            await asyncio.to_thread(own_servers.valkey.start)
            await until(lambda: nothing_left(maker), "the mails promised while Valkey was away")
        assert len(ids(sink)) == len(set(ids(sink))) == 4


async def test_valkey_that_forgot_everything(own_servers: EmbeddedServers, tmp_path: Path) -> None:
    """Rows handed to a queue that lost them are handed again."""
    base = Settings(database_url=own_servers.database_url, valkey_url=own_servers.valkey_url)
    async with mail_server() as sink, database(base.database_url) as maker:
        await register_some(maker, 3)
        async with maker() as session, session.begin():
            await session.execute(text("UPDATE outbox SET handed_at = now()"))
        with worker(settings_of(base, sink), tmp_path):
            await asyncio.sleep(1)
            assert sink.got == []
            await until(lambda: nothing_left(maker), "the rows handed again")
        assert len(ids(sink)) == len(set(ids(sink))) == 3


async def test_postgresql_killed_and_back(own_servers: EmbeddedServers, tmp_path: Path) -> None:
    base = Settings(database_url=own_servers.database_url, valkey_url=own_servers.valkey_url)
    async with mail_server() as sink:
        async with database(base.database_url) as maker:
            with worker(settings_of(base, sink), tmp_path) as process:
                await register_some(maker, 1)
                await until(lambda: len(sink.got) == 1, "a first mail")
                await until(lambda: nothing_left(maker), "its record")
                await asyncio.to_thread(own_servers.postgres.kill)
                await asyncio.sleep(1)
                await asyncio.to_thread(own_servers.postgres.start)
                assert process.process.poll() is None
                await register_some(maker, 3)
                await until(lambda: nothing_left(maker), "the mails promised since")
        assert len(ids(sink)) == len(set(ids(sink))) == 4


async def test_asked_to_stop_it_ends_what_it_does(fresh_settings: Settings, tmp_path: Path) -> None:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        sink.delay_s = 1
        with worker(settings_of(fresh_settings, sink), tmp_path) as process:
            await until(lambda: bool(process.lines()), "the worker's first line")
            await until(lambda: clock_done(maker), "the scheduled runs")
            await register_some(maker, 1)
            await until(lambda: sink.receiving == 1, "the mail being sent")
            assert await asyncio.to_thread(process.stop) == 0
        assert len(sink.got) == 1
        assert await left(maker) == 0


async def test_asked_to_stop_it_puts_back_what_is_too_long(fresh_settings: Settings, tmp_path: Path) -> None:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = settings_of(fresh_settings, sink)
        sink.delay_s = 30
        with worker(settings, tmp_path) as process:
            await register_some(maker, 1)
            await until(lambda: sink.receiving == 1, "the mail being sent")
            began = time.monotonic()
            assert await asyncio.to_thread(process.stop) == 0
            assert time.monotonic() - began < sink.delay_s
        sink.delay_s = 0
        with worker(settings, tmp_path):
            await until(lambda: nothing_left(maker), "the mail put back")
        assert len(set(ids(sink))) == 1


async def test_a_refused_mail_comes_back_when_its_time_has_come(
    fresh_settings: Settings, tmp_path: Path
) -> None:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        sink.rcpt_replies = ["450 4.2.1 busy"]
        with worker(settings_of(fresh_settings, sink), tmp_path) as process:
            await register_some(maker, 1)
            await until(
                lambda: any(line["event"] == "job.failed" for line in process.lines()), "the failed try"
            )
            assert sink.got == []
            async with maker() as session, session.begin():
                await session.execute(text("UPDATE outbox SET available_at = now()"))
                await session.execute(text("SELECT pg_notify('outbox', '')"))
            await until(lambda: nothing_left(maker), "the second try")
        assert len(sink.got) == 1
