"""Run Alembic without a configuration file: upgrade, drift check, new revision.

These functions block and start their own event loop: call them from a thread when one runs.
"""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from ops.databases import scratch
from settings import ROOT, Settings


def upgrade(database_url: str, revision: str = "head") -> None:
    """Bring the database to `revision`; does nothing when it is there already."""
    command.upgrade(_config(database_url), revision)


def downgrade(database_url: str, revision: str) -> None:
    """Bring the database back to `revision`."""
    command.downgrade(_config(database_url), revision)


def head() -> str:
    """The latest revision the code has."""
    return ScriptDirectory.from_config(_config("")).get_current_head() or ""


def check(settings: Settings) -> str:
    """Build a scratch database with the migrations and compare it with the tables.

    Returns the difference, empty when there is none.
    """
    with _migrated(settings) as config:
        try:
            command.check(config)
        except CommandError as error:
            return str(error)
    return ""


def new_revision(settings: Settings, message: str) -> Path:
    """Write the migration that brings the database of the migrations to the tables; returns its file."""
    with _migrated(settings) as config:
        known = len(list((ROOT / "migrations" / "versions").glob("*.py")))
        script = command.revision(config, message, autogenerate=True, rev_id=f"{known + 1:04d}")
    if script is None or isinstance(script, list):
        raise RuntimeError("alembic wrote no single revision")
    return Path(script.path)


@contextlib.contextmanager
def _migrated(settings: Settings) -> Iterator[Config]:
    with scratch(settings) as database_url:
        upgrade(database_url)
        yield _config(database_url)


def _config(database_url: str) -> Config:
    config = Config(stdout=io.StringIO())
    config.set_main_option("script_location", str(ROOT / "migrations").replace("%", "%%"))
    config.attributes["url"] = database_url
    return config
