"""SIGKILL of a worker that seals conventions: each has one document, one line of story, one right file."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import delete, func, select

from clients.documents import document_seal, document_storage
from clients.storage import place_of
from data.queries import convention_story, conventions
from data.session import SessionMaker
from data.tables import convention_documents, emails, outbox
from domain.chain import ChainKeys
from services.conventions import reviewing
from services.conventions.story import Line, faults
from settings import Settings
from tests.clients.smtp_server import Sink, mail_server
from tests.factories.discussions import build_world
from tests.factories.signing import Desk, whole
from tests.faults.promises import settings_of
from tests.workers.worker_process import database, left, until, worker

CONVENTIONS, KILLS = 20, 2
_PATIENCE_S = 100.0


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the worker has the real clock


async def validate_all(maker: SessionMaker, settings: Settings) -> None:
    """Twenty people's conventions, signed, then validated together: their work is promised at once.

    What came before the validation was told: it is not what is looked at here.
    """
    async with maker() as session, session.begin():
        at = now()
        desk = Desk(await build_world(session, at), at, settings)
        made = [await desk.signed(whole(number, at.date())) for number in range(CONVENTIONS)]
        for convention in made:
            if (await desk.row(convention)).two_step:
                await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
        await session.execute(delete(outbox))
        for convention in made:
            await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def sealed(maker: SessionMaker) -> int:
    async with maker() as session:
        return int(await session.scalar(select(func.count()).select_from(convention_documents)) or 0)


async def kept(maker: SessionMaker, settings: Settings) -> None:
    """Nothing waits, nothing is parked, and each convention has what it must, once."""

    async def done() -> bool:
        return await left(maker) == 0

    await until(done, "the end of the work", _PATIENCE_S)
    keys = ChainKeys(settings.chain_keys, settings.secret_key)
    seal, storage = document_seal(settings), document_storage(settings.storage_url)
    async with maker() as session:
        parked = select(outbox.c.job, outbox.c.error).where(outbox.c.parked_at.is_not(None))
        assert (await session.execute(parked)).all() == []
        rows = (await session.execute(select(convention_documents))).mappings().all()
        assert len({row["convention_id"] for row in rows}) == len(rows) == CONVENTIONS
        for row in rows:
            convention = await conventions.by_id(session, row["convention_id"])
            assert convention is not None
            assert await faults(session, convention, keys) == ()
            story = await convention_story.entries(session, convention.id)
            seals = [one for one in story if one.kind == Line.SEALED]
            assert [one.facts["file"] for one in seals] == [row["sealed_sha256"].hex()]
            assert (await seal.verify(await storage.get(row["sealed_sha256"].hex()))).valid
    named = {place_of(row["sealed_sha256"].hex()) for row in rows}
    assert stored(Path(urlsplit(settings.storage_url).path)) == named, "a file that nothing names"


def stored(folder: Path) -> set[str]:
    """The files that are whole."""
    files = [one for one in folder.rglob("*") if one.is_file() and not one.name.startswith(".part-")]
    return {one.relative_to(folder).as_posix() for one in files}


async def each_told_once(maker: SessionMaker, sink: Sink) -> None:
    """One mail for each row; what a kill repeats has the same identity, and is one at most."""
    arrived = Counter(str(message["Message-ID"]) for message in sink.got)
    async with maker() as session:
        sent = select(func.count()).where(emails.c.sent_at.is_not(None))
        assert len(arrived) == int(await session.scalar(sent) or 0) > CONVENTIONS
    assert sum(arrived.values()) - len(arrived) <= KILLS, "more repeats than kills"


async def test_in_the_middle_of_twenty_documents(fresh_settings: Settings, tmp_path: Path) -> None:
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = replace(
            settings_of(fresh_settings, sink.url), storage_url=(tmp_path / "documents").as_uri()
        )
        await validate_all(maker, settings)
        for kill in range(1, KILLS + 1):
            wanted = kill * CONVENTIONS // (KILLS + 2)

            async def some(count: int = wanted) -> bool:
                return await sealed(maker) >= count + random.randrange(3)  # noqa: S311 - any moment will do

            with worker(settings, tmp_path) as process:
                await until(some, f"{wanted} documents", _PATIENCE_S)
                process.kill()
        assert await sealed(maker) < CONVENTIONS or await left(maker), "killed too late to prove anything"
        with worker(settings, tmp_path):
            await kept(maker, settings)
        await each_told_once(maker, sink)
