"""SIGKILL of a worker that seals conventions: each has one document, one right file, one mail a reader."""

import random
import re
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
_HELD_S = 60.0
_TOLD = {
    "person": "convention_validated",
    "gerante@exemple.com": "convention_validated",
    "tuteur@exemple.com": "convention_validated",
    "counsellor@exemple.fr": "convention_validated_agency",
}
"""Who is told that a convention is validated, and by which letter."""


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the worker has the real clock


async def validate_all(maker: SessionMaker, settings: Settings, count: int = CONVENTIONS) -> None:
    """So many people's conventions, signed, then validated together: their work is promised at once.

    What came before the validation was told: it is not what is looked at here.
    """
    async with maker() as session, session.begin():
        at = now()
        desk = Desk(await build_world(session, at), at, settings)
        made = [await desk.signed(whole(number, at.date())) for number in range(count)]
        for convention in made:
            if (await desk.row(convention)).two_step:
                await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
        await session.execute(delete(outbox))
        for convention in made:
            await reviewing.validate(desk.office, await desk.standing("stranger", convention))


async def sealed(maker: SessionMaker) -> int:
    async with maker() as session:
        return int(await session.scalar(select(func.count()).select_from(convention_documents)) or 0)


async def kept(maker: SessionMaker, settings: Settings, count: int = CONVENTIONS) -> None:
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
        assert len({row["convention_id"] for row in rows}) == len(rows) == count
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
    files = [one for one in folder.rglob("*") if one.is_file() and one.parent.name != ".parts"]
    return {one.relative_to(folder).as_posix() for one in files}


async def each_told_once(
    maker: SessionMaker, sink: Sink, count: int = CONVENTIONS, kills: int = KILLS
) -> None:
    """One mail for each reader; what a kill repeats has the same identity, and is one at most."""
    arrived = Counter(str(message["Message-ID"]) for message in sink.got)
    told: dict[str, list[tuple[str, str]]] = {}
    async with maker() as session:
        sent = (await session.execute(select(emails).where(emails.c.sent_at.is_not(None)))).all()
    for row in sent:
        if row.template in _TOLD.values():  # the clock of the service writes letters of its own
            told.setdefault(row.subject_id, []).append((_reader(row.recipient), row.template))
    assert [sorted(one) for one in told.values()] == [sorted(_TOLD.items())] * count
    assert len(arrived) == len(sent)
    assert sum(arrived.values()) - len(arrived) <= kills, "more repeats than kills"


def _reader(recipient: str) -> str:
    """Each convention has a person of its own, with an address of their own."""
    return re.sub(r"^person\d+@exemple\.fr$", "person", recipient)


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


async def test_between_the_validation_and_the_mails(fresh_settings: Settings, tmp_path: Path) -> None:
    """The mail server holds its answer to the first letter: nobody has been told when the worker dies."""
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = replace(
            settings_of(fresh_settings, sink.url), storage_url=(tmp_path / "documents").as_uri()
        )
        await validate_all(maker, settings, 1)
        sink.delay_s = _HELD_S
        with worker(settings, tmp_path) as process:
            await until(lambda: sink.receiving > 0, "a letter on its way", _PATIENCE_S)
            process.kill()
        sink.cut()
        assert sink.got == []
        sink.delay_s = 0.0
        with worker(settings, tmp_path):
            await kept(maker, settings, 1)
        await each_told_once(maker, sink, 1, 1)
