"""SIGKILL of the API while companies register: what was committed has its mail, answered or not."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from sqlalchemy import text

from data.session import SessionMaker
from ops.children import environment_of
from settings import ROOT, Settings
from tests.api.conftest import free_port
from tests.clients.smtp_server import mail_server
from tests.faults.between import between
from tests.faults.promises import settings_of
from tests.workers.worker_process import database, left, until, worker

KILLS, CLIENTS = 3, 6
FORM = {
    "name": "Boulangerie du Pont",
    "naf": "10.71C",
    "headcount": "02",
    "places": [{"address": "3 rue du Pont", "postal_code": "44000", "city": "Nantes"}],
    "offers": [{"rome": "D1106", "label": "Vendeuse en boulangerie"}],
    "contact": {"name": "Ana Petit", "job": "Gérante", "email": "ana@dupont.example"},
    "siret": "99900440100017",
}


@asynccontextmanager
async def api(settings: Settings, folder: Path) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real server process that answers, on a port of its own."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:application", "--port", str(port)]
    with (folder / f"api-{port}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: ASYNC220 - it returns at once
            command, cwd=ROOT, env=environment_of(settings), stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(f"{url}/static/escale.css")).status_code < 500
        except httpx.TransportError:
            return False

    try:
        await until(answers, "the API", 100)
        yield url, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


async def _post(url: str, answered: list[str]) -> None:
    """Register one after the other until the server is gone."""
    async with httpx.AsyncClient(base_url=url, timeout=10) as client:
        while True:
            try:
                answer = await client.post("/api/v1/companies", json=FORM)
            except httpx.TransportError:
                return
            assert answer.status_code == httpx.codes.ACCEPTED, answer.text
            answered.append(answer.json()["status"])


async def _settled(maker: SessionMaker) -> bool:
    return await left(maker) == 0


async def _committed(maker: SessionMaker) -> list[str]:
    async with maker() as session:
        rows = await session.execute(text("SELECT id::text FROM registrations ORDER BY id"))
        return list(rows.scalars())


async def test_between_commit_and_answer(fresh_settings: Settings, tmp_path: Path) -> None:
    """PostgreSQL has committed, the API never hears of it and dies: nobody is answered, the mail goes."""
    async with (
        mail_server() as sink,
        database(fresh_settings.database_url) as maker,
        between(fresh_settings.database_url, b"INSERT INTO registrations") as (through, held),
    ):
        settings = settings_of(fresh_settings, sink.url)
        async with api(replace(settings, database_url=through), tmp_path) as (url, process):
            answered: list[str] = []
            client = asyncio.create_task(_post(url, answered))
            await asyncio.wait_for(held.wait(), 100)
            os.kill(process.pid, signal.SIGKILL)
            await client
        assert answered == []
        assert len(await _committed(maker)) == 1
        with worker(settings, tmp_path):
            await until(lambda: _settled(maker), "the mail", 100)
    assert len(sink.got) == 1


async def test_at_random_moments(fresh_settings: Settings, tmp_path: Path) -> None:
    """Under six clients, whatever the API was doing for each of them."""
    answered: list[str] = []
    async with mail_server() as sink, database(fresh_settings.database_url) as maker:
        settings = settings_of(fresh_settings, sink.url)
        for _ in range(KILLS):
            async with api(settings, tmp_path) as (url, process):
                before = len(answered)
                clients = [asyncio.create_task(_post(url, answered)) for _ in range(CLIENTS)]
                await until(lambda before=before: len(answered) > before + 5, "some answers", 100)
                await asyncio.sleep(random.random() / 5)  # noqa: S311 - any moment will do
                os.kill(process.pid, signal.SIGKILL)
                await asyncio.gather(*clients)
        committed = await _committed(maker)
        assert len(answered) <= len(committed) <= len(answered) + KILLS * CLIENTS
        with worker(settings, tmp_path):
            await until(lambda: _settled(maker), "the mails", 100)
        async with maker() as session:
            mailed = await session.execute(
                text("SELECT subject_id FROM emails WHERE sent_at IS NOT NULL ORDER BY subject_id::uuid")
            )
            assert list(mailed.scalars()) == committed
    identities = [str(message["Message-ID"]) for message in sink.got]
    assert len(identities) == len(set(identities)) == len(committed)
