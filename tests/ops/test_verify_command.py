"""Conventions verified at the terminal: all whole, one rewritten, its file lost, its data changed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from clients.documents import document_seal, document_storage
from clients.storage import FolderStorage, place_of
from data.queries import convention_documents
from ops import cli
from services.conventions.documents import seal_document, store_document
from settings import Settings
from tests.api.space_callers import database
from tests.conftest import in_thread, run_async
from tests.factories.reference import add_reference
from tests.factories.signing import to_sign, validate
from tests.services.post import Post, last_work, tools


@dataclass
class Terminal:
    """The command line on a database with two conventions: one waits, one is sealed."""

    settings: Settings
    waits: str
    sealed: str
    key: str

    def run(self, *words: str) -> tuple[int, str]:
        """The exit code and what was printed."""
        found: Any = in_thread(lambda: CliRunner().invoke(cli.app, ["verify", *words]))
        return found.exit_code, found.output

    def rewrite(self, statement: str) -> None:
        """Behind the service's back."""
        run_async(self._rewrite(statement))

    async def _rewrite(self, statement: str) -> None:
        async with database(self.settings.database_url) as session:
            await session.execute(text(statement))


async def _made(settings: Settings) -> tuple[str, str, str]:
    async with database(settings.database_url) as session:
        await add_reference(session)
        waits, second = await to_sign(session, settings, "a"), await to_sign(session, settings, "b")
        await validate(second)
        storage, seal = document_storage(settings.storage_url), document_seal(settings)
        given = tools(Post(), storage=storage, seal=seal, secret_key=settings.secret_key)
        await seal_document(session, given, await last_work(session, "convention.document"))
        await store_document(session, given, await last_work(session, "convention.file"))
        document = await convention_documents.last(session, second.convention)
        assert document is not None
        return (await waits.desk.row(waits.convention)).reference, document.reference, document.key


@pytest.fixture
def terminal(fresh_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    storage = (tmp_path / "files").as_uri()
    for name in ("DATABASE_URL", "VALKEY_URL"):
        monkeypatch.setenv(name, getattr(fresh_settings, name.lower()))
    monkeypatch.setenv("STORAGE_URL", storage)
    settings = Settings.from_env()
    return Terminal(settings, *run_async(_made(settings)))


def test_conventions_are_verified(terminal: Terminal, tmp_path: Path) -> None:
    code, said = terminal.run(terminal.sealed.lower())
    assert (code, f"{terminal.sealed} : entière" in said, "fichiers scellés : 1)" in said) == (0, True, True)
    assert terminal.run("all") == (0, "2 conventions vérifiées, 0 à regarder.\n")
    assert terminal.run("AAAAAAAAAA")[0] == 1

    terminal.rewrite("UPDATE convention_signatories SET email = 'voleur@exemple.net' WHERE whom = 'company'")
    code, said = terminal.run("all", "--json", str(tmp_path / "found.json"))
    assert (code, "2 conventions vérifiées, 2 à regarder." in said) == (1, True)
    assert f"{terminal.waits} : CHANGÉE APRÈS COUP" in said
    assert "convention_signatories, company : Son adresse" in said
    found = json.loads((tmp_path / "found.json").read_text())
    assert (found["verified"], {one["reference"] for one in found["broken"]}) == (
        2,
        {terminal.waits, terminal.sealed},
    )
    assert "voleur" not in said + json.dumps(found)


def test_files_are_verified(terminal: Terminal) -> None:
    storage = document_storage(terminal.settings.storage_url)
    assert isinstance(storage, FolderStorage)
    path = Path(terminal.settings.storage_url.removeprefix("file://")) / place_of(terminal.key)
    path.write_bytes(path.read_bytes()[:-1])
    code, said = terminal.run(terminal.sealed)
    assert (code, "fichier scellé n° 1 : Ce fichier est perdu ou abîmé." in said) == (1, True)
    terminal.rewrite("UPDATE convention_documents SET data = replace(data, 'Boulangerie', 'Charcuterie')")
    code, said = terminal.run(terminal.sealed)
    assert (code, "convention_documents, n° 1 : Ce qui permet de refaire" in said) == (1, True)
