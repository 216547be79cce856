"""An account that a restored backup brought back is deleted again at the terminal, conventions too."""

import pytest
from typer.testing import CliRunner

from data.queries import conventions
from domain.convention import Status
from ops import cli
from settings import Settings
from tests.api.space_callers import database
from tests.conftest import in_thread, run_async
from tests.factories.reference import add_reference
from tests.factories.signing import ToSign, to_sign

GONE, UNKNOWN = 0, 1


async def _made(settings: Settings) -> ToSign:
    async with database(settings.database_url) as session:
        await add_reference(session)
        return await to_sign(session, settings, "erase")


async def _status(settings: Settings, made: ToSign) -> Status:
    async with database(settings.database_url) as session:
        row = await conventions.by_id(session, made.convention)
        assert row is not None
        return row.status


def test_an_account_is_deleted_again(fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "VALKEY_URL"):
        monkeypatch.setenv(name, getattr(fresh_settings, name.lower()))
    made = run_async(_made(Settings.from_env()))
    words = ["accounts", "erase", str(made.world.ids["person"])]
    for code in (GONE, UNKNOWN):
        assert in_thread(lambda: CliRunner().invoke(cli.app, words)).exit_code == code
    assert run_async(_status(fresh_settings, made)) is Status.CANCELLED
