"""A backup put back gives the same rows, and what it cannot know of since is put right."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from typer.testing import CliRunner

from ops import cli
from ops.backup import BackupError, backup, restore
from tests.conftest import run_async

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
COMPANY = """
INSERT INTO companies (siret, name, contact_mode, contact_email, source, proof, created_at, updated_at)
VALUES ('99900000100017', 'Boulangerie du Pont', 'email', 'a@b.example', 'form', 'proved', now(), now())
"""


def run(url: str, *statements: str) -> list[Any]:
    async def all_of() -> list[Any]:
        connection = await asyncpg.connect(url)
        try:
            found: list[Any] = []
            for statement in statements:
                found = await connection.fetch(statement)
            return found
        finally:
            await connection.close()

    return run_async(all_of())


def test_what_was_saved_comes_back_and_what_came_after_is_gone(fresh_database: str, tmp_path: Path) -> None:
    run(
        fresh_database,
        COMPANY,
        "INSERT INTO outbox (job, payload) VALUES ('place.geocode', '{\"place\": 1}')",
    )
    file = backup(fresh_database, tmp_path, NOW)
    assert file.name == "escale-20261121-030000.dump"
    assert file.stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == [file.name]
    run(fresh_database, "DELETE FROM companies", "UPDATE outbox SET done_at = now()")

    restore(fresh_database, file)

    assert run(fresh_database, "SELECT name FROM companies")[0]["name"] == "Boulangerie du Pont"
    work = run(fresh_database, "SELECT parked_at, error FROM outbox")[0]
    assert work["parked_at"] is not None
    assert "sauvegarde" in work["error"]
    assert run(fresh_database, "SELECT count(*) AS n FROM company_removals")[0]["n"] == 0


def test_stamps_are_those_of_this_server(fresh_database: str, tmp_path: Path) -> None:
    run(fresh_database, COMPANY)
    file = backup(fresh_database, tmp_path, NOW)
    far = "UPDATE companies SET stamp = '900000000'::xid8"
    run(fresh_database, "ALTER TABLE companies DISABLE TRIGGER USER", far)
    later = backup(fresh_database, tmp_path, NOW + timedelta(seconds=1))
    for one in (file, later):
        restore(fresh_database, one)
        seen = "SELECT pg_visible_in_snapshot(stamp, pg_current_snapshot()) AS seen FROM companies"
        assert run(fresh_database, seen)[0]["seen"]


@pytest.mark.parametrize("content", [None, b"not a backup"])
def test_a_file_that_is_no_backup_changes_nothing(
    fresh_database: str, tmp_path: Path, content: bytes | None
) -> None:
    run(fresh_database, COMPANY)
    file = tmp_path / "wrong.dump"
    if content:
        file.write_bytes(content)
    with pytest.raises(BackupError):
        restore(fresh_database, file)
    assert run(fresh_database, "SELECT count(*) AS n FROM companies")[0]["n"] == 1


def test_a_server_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(BackupError) as error:
        backup("postgresql://escale:very-secret@127.0.0.1:9/escale", tmp_path, NOW)
    assert "very-secret" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_old_backups_go(fresh_database: str, tmp_path: Path) -> None:
    old, recent, other = (tmp_path / name for name in ("escale-1.dump", "escale-2.dump", "photo.jpg"))
    for one, age in ((old, 36), (recent, 34), (other, 400)):
        one.touch()
        moment = (NOW - timedelta(days=age)).timestamp()
        os.utime(one, (moment, moment))
    backup(fresh_database, tmp_path, NOW)
    assert not old.exists()
    assert recent.exists()
    assert other.exists()


def test_the_commands_ask_before_they_replace(
    fresh_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", fresh_database)
    monkeypatch.setenv("VALKEY_URL", "redis://127.0.0.1:9")
    run(fresh_database, COMPANY)
    saved = CliRunner().invoke(cli.app, ["backup", str(tmp_path)])
    assert saved.exit_code == 0, saved.output
    file = saved.stdout.strip()
    run(fresh_database, "DELETE FROM companies")
    asked = CliRunner().invoke(cli.app, ["restore", file], input="n\n")
    assert asked.exit_code == 1
    assert run(fresh_database, "SELECT count(*) AS n FROM companies")[0]["n"] == 0
    done = CliRunner().invoke(cli.app, ["restore", file, "--yes"])
    assert done.exit_code == 0, done.output
    assert run(fresh_database, "SELECT count(*) AS n FROM companies")[0]["n"] == 1
