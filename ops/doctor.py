"""What is missing on this machine, and how to mend it."""

import asyncio
import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from data.session import create_engine
from ops import migrate
from ops.running import STATE, NotReadyError, running_demo
from ops.server_files import EmbeddedError, find_postgres, find_valkey
from settings import ROOT, Settings

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was seen, and the remedy (French)."""

    name: str
    well: bool
    seen: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn; starts nothing and changes nothing."""
    yield _python()
    yield _assets()
    yield _program("PostgreSQL embarqué", find_postgres)
    yield _program("Valkey embarqué", find_valkey)
    yield _writable()
    yield _chromium()
    yield _port(settings)
    yield from asyncio.run(_database(settings))


def _python() -> Finding:
    well = Path(sys.prefix) == ROOT / ".venv"
    return Finding(
        "Python",
        well,
        f"{platform.python_version()} ({sys.prefix})",
        "Passez par « ./escale », qui fait .venv.",
    )


def _assets() -> Finding:
    stamp = ROOT / "node_modules" / ".escale-stamp"
    seen = "installés" if stamp.exists() else "absents"
    return Finding(
        "Fichiers des pages", stamp.exists(), seen, "Relancez « ./escale », qui les installe par npm."
    )


def _program(name: str, find: Callable[[], Path]) -> Finding:
    try:
        return Finding(name, well=True, seen=str(find()))
    except EmbeddedError as error:
        return Finding(name, well=False, seen="absent", remedy=str(error))


def _writable() -> Finding:
    folder = STATE if STATE.exists() else ROOT
    well = os.access(folder, os.W_OK)
    return Finding("Dossier .escale", well, str(STATE), f"« sudo chown -R $(id -un) {folder} »")


def chromium() -> str:
    """Path of the machine's Chromium, empty when there is none."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")


def _chromium() -> Finding:
    return Finding(
        "Chromium (tests des pages)",
        bool(chromium()),
        chromium() or "absent : les tests de navigateur seront sautés",
        "Debian : « apt install chromium ».",
    )


def _port(settings: Settings) -> Finding:
    name = f"Port {settings.port}"
    try:
        demo = running_demo()
    except NotReadyError as error:
        return Finding(name, well=True, seen=str(error))
    if demo:
        return Finding("Port de la démonstration", well=True, seen=f"elle y tourne : {demo.address}")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.port))
        except OSError:
            return Finding(
                name, well=False, seen="déjà pris", remedy=f"« PORT={settings.port + 1} ./escale demo »"
            )
    return Finding(name, well=True, seen="libre")


async def _database(settings: Settings) -> list[Finding]:
    url = settings.database_url
    if not url:
        try:
            demo = running_demo()
        except NotReadyError:
            demo = None
        url = demo.database_url if demo else ""
    if not url:
        return [Finding("Base de données", well=True, seen="arrêtée ; « ./escale demo » la démarre")]
    engine = create_engine(url, 1)
    try:
        async with engine.connect() as connection:
            version = (await connection.execute(text("SHOW server_version"))).scalar_one()
            revision = (
                await connection.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar_one()
            rows = (await connection.execute(text("SELECT kind, version FROM reference_imports"))).all()
    except Exception as error:  # noqa: BLE001 - whatever the driver says is the finding
        seen = f"{type(error).__name__} : {error}".split("\n", 1)[0]
        remedy = "Vérifiez DATABASE_URL, puis « ./escale migrate »."
        return [Finding("Base de données", well=False, seen=seen, remedy=remedy)]
    finally:
        await engine.dispose()
    loaded = ", ".join(sorted(f"{row.kind} {row.version}" for row in rows))
    return [
        Finding("Base de données", well=True, seen=f"PostgreSQL {version}"),
        Finding("Migrations", revision == migrate.head(), f"révision {revision}", "« ./escale migrate »"),
        Finding(
            "Référentiels",
            bool(loaded),
            loaded or "aucun",
            "« ./escale demo » charge ceux du dépôt ; « ./escale import rome DOSSIER » les officiels.",
        ),
    ]
