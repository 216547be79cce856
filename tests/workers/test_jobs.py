"""One row being worked on: done with its transaction, tried again later, or parked with its reason."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from arq import Retry
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError
from structlog.testing import capture_logs

from clients.smtp import Envelope, MailRefusedError
from data import outbox
from data.session import Session, create_engine, create_maker
from data.tables import outbox as table
from domain.errors import UnavailableError
from ops.embedded import EmbeddedServers
from services.emails import Mail, send
from services.work import Tools, Work
from settings import Settings
from tests.services.post import Post, tools
from workers.jobs import JOBS, Context, describe, run_row, wait_after, work
from workers.run import opened
from workers.settings import BACKOFF_S, MAX_TRIES, Limits

SECRET = "ana@dupont.example"


@pytest.fixture
async def context(fresh_settings: Settings) -> AsyncIterator[Context]:
    async with opened(fresh_settings, Limits(job_s=0.5)) as context:
        yield context


async def add(context: Context, job: str, **ids: str) -> int:
    async with context.maker() as session, session.begin():
        return await outbox.add(session, job, ids)


async def row_of(context: Context, row_id: int) -> Any:  # noqa: ANN401 - a row
    async with context.maker() as session:
        return (await session.execute(select(table).where(table.c.id == row_id))).one()


class Script:
    """A job that does what the test says: raises these in turn, then writes a row of its own."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self, session: Session, _tools: Tools, _work: Work) -> None:
        self.calls += 1
        await outbox.add(session, "written.by.the.job", {})
        if self.errors:
            raise self.errors.pop(0)


def scripted(monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> Script:
    script = Script(*errors)
    monkeypatch.setitem(JOBS, "scripted", script)
    return script


async def written(context: Context) -> int:
    async with context.maker() as session:
        query = select(table.c.id).where(table.c.job == "written.by.the.job")
        return len((await session.execute(query)).all())


async def test_done_with_what_it_wrote(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    script, row_id = scripted(monkeypatch), await add(context, "scripted")
    await run_row(context, row_id)
    await run_row(context, row_id)
    assert (script.calls, await written(context)) == (1, 1)
    assert (await row_of(context, row_id)).done_at is not None


async def test_a_failure_rolls_back_and_waits(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    error = UnavailableError("SMTP 450: recipient not taken now")
    scripted(monkeypatch, error)
    row_id = await add(context, "scripted")
    before = datetime.now(UTC)  # noqa: TID251 - the worker's clock
    await run_row(context, row_id)
    row = await row_of(context, row_id)
    assert (row.tries, row.error, row.handed_at) == (1, "SMTP 450: recipient not taken now", None)
    assert timedelta(seconds=45) < row.available_at - before < timedelta(seconds=80)
    assert await written(context) == 0
    await run_row(context, row_id)
    assert (await row_of(context, row_id)).done_at is not None


async def test_parked_after_the_last_try(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    script = scripted(monkeypatch, *[ValueError(SECRET)] * 20)
    row_id = await add(context, "scripted")
    with capture_logs() as logs:
        for _ in range(MAX_TRIES + 3):
            await run_row(context, row_id)
    row = await row_of(context, row_id)
    assert (script.calls, row.tries, row.parked_at is not None) == (MAX_TRIES, MAX_TRIES, True)
    assert [line["event"] for line in logs] == ["job.failed"] * (MAX_TRIES - 1) + ["job.parked"]
    assert logs[-1]["log_level"] == "error"
    assert SECRET not in str(logs) + row.error
    assert row.error.startswith("ValueError (test_jobs.py:")


async def test_refused_for_good_is_parked_at_once(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    scripted(monkeypatch, MailRefusedError("SMTP 550: recipient refused"))
    row_id = await add(context, "scripted")
    await run_row(context, row_id)
    row = await row_of(context, row_id)
    assert (row.parked_at is not None, row.error) == (True, "SMTP 550: recipient refused")


async def test_a_job_nobody_knows_is_a_failure(context: Context) -> None:
    row_id = await add(context, "unknown.job")
    await run_row(context, row_id)
    assert (await row_of(context, row_id)).error.startswith("KeyError")


async def test_a_job_that_hangs_is_a_failure(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_session: Session, _tools: Tools, _work: Work) -> None:
        await asyncio.sleep(60)

    monkeypatch.setitem(JOBS, "hang", hang)
    row_id = await add(context, "hang")
    await run_row(context, row_id)
    row = await row_of(context, row_id)
    assert (row.tries, row.error.split()[0]) == (1, "TimeoutError")


async def test_one_row_is_never_worked_on_twice_at_once(
    context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[int] = []

    async def slow(_session: Session, _tools: Tools, work: Work) -> None:
        running.append(work.id)
        await asyncio.sleep(0.2)

    monkeypatch.setitem(JOBS, "slow", slow)
    row_id = await add(context, "slow")
    await asyncio.gather(run_row(context, row_id), run_row(context, row_id), run_row(context, row_id))
    assert running == [row_id]


async def test_postgresql_gone_the_queue_brings_it_back(own_servers: EmbeddedServers) -> None:
    settings = Settings(environment="test", database_url=own_servers.database_url, valkey_url="redis://x")
    async with opened(settings, Limits(job_s=2)) as context:
        row_id = await add(context, "retention.run")
        await asyncio.to_thread(own_servers.postgres.kill)
        with pytest.raises(Retry):
            await work({"context": context}, [row_id])
        await asyncio.to_thread(own_servers.postgres.start)
        await work({"context": context}, [row_id])
        row = await row_of(context, row_id)
        assert (row.done_at is not None, row.tries) == (True, 0)


async def test_postgresql_lost_in_the_middle_is_no_try(
    own_servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(environment="test", database_url=own_servers.database_url, valkey_url="redis://x")
    async with opened(settings, Limits(job_s=100)) as context:

        async def killing(session: Session, _tools: Tools, _work: Work) -> None:
            await asyncio.to_thread(own_servers.postgres.kill)
            await asyncio.to_thread(own_servers.postgres.start)
            await outbox.add(session, "never", {})

        monkeypatch.setitem(JOBS, "killing", killing)
        row_id = await add(context, "killing")
        with pytest.raises(Retry):
            await work({"context": context}, [row_id])
        assert (await row_of(context, row_id)).tries == 0


@pytest.mark.parametrize("tries", range(1, MAX_TRIES + 2))
def test_waits(tries: int) -> None:
    base = BACKOFF_S[min(tries, len(BACKOFF_S)) - 1]
    waits = {wait_after(tries).total_seconds() for _ in range(50)}
    assert all(0.8 * base <= wait <= 1.2 * base for wait in waits)
    assert len(waits) > 10


def test_what_is_told_of_an_error_holds_nothing_of_it() -> None:
    with pytest.raises(RuntimeError) as raised:
        raise RuntimeError(SECRET)
    assert describe(raised.value).startswith("RuntimeError (test_jobs.py:")
    assert SECRET not in describe(raised.value)
    assert describe(RuntimeError(SECRET)) == "RuntimeError"


async def test_nothing_personal_reaches_the_logs_of_libraries(
    context: Context, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scripted(monkeypatch, ValueError(SECRET))
    row_id = await add(context, "scripted")
    with caplog.at_level(logging.DEBUG), capture_logs():
        await work({"context": context}, [row_id])
    assert SECRET not in caplog.text


def test_makers_of_sessions_do_not_leak_parameters() -> None:
    """SQLAlchemy writes the parameters of a failed statement in its message unless told not to."""
    engine = create_engine("postgresql://nobody@/nowhere")
    assert engine.sync_engine.hide_parameters
    assert create_maker(engine).kw["expire_on_commit"] is False


async def test_a_deleted_account_is_said_by_its_number_alone(context: Context) -> None:
    number = "6a3c3c1e-4f0e-4c55-9d6e-2f6f3d1f8a10"
    row_id = await add(context, "account.deleted", user=number)
    with capture_logs() as logs:
        await run_row(context, row_id)
    (line,) = [one for one in logs if one["event"] == "account.deleted"]
    assert line == {"event": "account.deleted", "log_level": "info", "user": number}


class Cut(Post):
    """A mail server that takes its time while PostgreSQL goes away, the first time."""

    def __init__(self, database_url: str) -> None:
        super().__init__()
        self.database_url: str | None = database_url

    @asynccontextmanager
    async def addressed(self, sender: str, recipient: str) -> AsyncIterator[Envelope]:
        if url := self.database_url:
            self.database_url = None
            await end_connections(url)
        async with super().addressed(sender, recipient) as envelope:
            yield envelope


async def end_connections(database_url: str) -> None:
    connection: Any = await asyncpg.connect(database_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_no_mail_leaves_when_postgresql_went_away_before(
    context: Context, fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Cut(fresh_settings.database_url)
    mail = Mail(template="company_published", subject_id="1", recipient=SECRET, context={"company": "Dupont"})

    async def write(session: Session, _tools: Tools, work: Work) -> None:
        await send(session, tools(post), work, mail)

    monkeypatch.setitem(JOBS, "write", write)
    row_id = await add(context, "write")
    with pytest.raises(InterfaceError, match="connection is closed"):
        await run_row(context, row_id)
    assert post.sent == []
    await run_row(context, row_id)
    assert len(post.sent) == 1
    assert (await row_of(context, row_id)).tries == 0
