"""Backup and restore: one file by `pg_dump`, put back whole or not at all.

What a restored database says of the time since its backup is wrong in three ways, put right in the same
transaction: transaction numbers (`stamp`) of another server, work that was done after the backup, and
sessions that were closed since.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from sqlalchemy.engine import make_url

from ops.server_files import EmbeddedError, find_postgres

KEPT = timedelta(days=35)
"""Backups hold personal data: they go after this (domain.md, §8)."""
_NAME = "escale-%Y%m%d-%H%M%S.dump"
_PATTERN = "escale-*.dump"
_HEADER_LINES = 40
_EMPTIED = """
SET lock_timeout = '10s';
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
"""
_PUT_RIGHT = """
SET search_path = public;
UPDATE outbox SET parked_at = now(), handed_at = NULL,
    error = 'restauration : a peut-être été fait après la sauvegarde, à vérifier avant de relancer'
WHERE done_at IS NULL AND parked_at IS NULL;
DELETE FROM sessions;
DELETE FROM company_removals;
UPDATE companies SET stamp = pg_current_xact_id();
NOTIFY reference;
"""


class BackupError(Exception):
    """The backup or the restore did not happen, and nothing was changed; the message is in French."""


def backup(database_url: str, folder: Path, now: datetime) -> Path:
    """Write a backup in the folder and drop those older than `KEPT`; returns its path.

    The file is whole or absent: it is written aside, read back, then named.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / now.strftime(_NAME)
    aside = target.with_suffix(".part")
    aside.touch(mode=0o600)
    try:
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={aside}", url=database_url
        )
        _run("pg_restore", "--list", str(aside))
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    for old in folder.glob(_PATTERN):
        if datetime.fromtimestamp(old.stat().st_mtime, now.tzinfo) < now - KEPT:
            old.unlink()
    return target


def restore(database_url: str, file: Path) -> None:
    """Replace the whole database by a backup, in one transaction.

    Raises `BackupError` when the file cannot be read or the processes of the service still hold it.
    """
    if not file.is_file():
        raise BackupError(f"Le fichier {file} n’existe pas.")
    with tempfile.TemporaryDirectory(prefix="escale-restore-") as name:
        folder = Path(name)  # readable by its owner alone
        dumped, before, after = folder / "dumped.sql", folder / "before.sql", folder / "after.sql"
        _run("pg_restore", "--no-owner", "--no-privileges", f"--file={dumped}", str(file))
        before.write_text(_EMPTIED)
        after.write_text(_PUT_RIGHT)
        files = [f"--file={one}" for one in (before, _for_older_servers(dumped), after)]
        options = ("--single-transaction", "--set=ON_ERROR_STOP=1", "--quiet", "--no-psqlrc")
        _run("psql", *options, *files, url=database_url)


def _for_older_servers(script: Path) -> Path:
    """The script without the one setting that servers before 17 do not know; the data is copied as it is."""
    plain = script.with_name("plain.sql")
    with script.open("rb") as read, plain.open("wb") as written:
        for line in islice(read, _HEADER_LINES):
            if not line.startswith(b"SET transaction_timeout"):
                written.write(line)
        shutil.copyfileobj(read, written)
    script.unlink()
    return plain


def _program(name: str) -> str:
    """The wheel's own program where there is one: its version is known; else the machine's."""
    try:
        return str(find_postgres() / "bin" / name)
    except EmbeddedError:
        return name


def _run(program: str, *arguments: str, url: str = "") -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, never by the command."""
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"}
    command: Sequence[str] = [_program(program), *arguments]
    if url:
        address = make_url(url)
        environment["PGPASSWORD"] = address.password or ""
        plain = address.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
        command = [*command, f"--dbname={plain}"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BackupError(f"Le programme {program} de PostgreSQL manque sur cette machine.") from error
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"code {done.returncode}"]
        raise BackupError(f"{program} a échoué, rien n’a changé : {last[0]}")
