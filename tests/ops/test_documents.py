"""`escale documents`: files that are lost, changed or cannot be made again are named, and rebuilt."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from clients.documents import document_seal, document_storage
from clients.storage import place_of
from data.queries import convention_documents
from ops import documents
from services.conventions import document_file
from services.conventions.documents import seal_document, store_document
from settings import Settings
from tests.api.space_callers import database
from tests.factories.conventions import NOW
from tests.factories.discussions import build_world
from tests.factories.reference import add_reference
from tests.factories.signing import Desk
from tests.services.post import Post, last_work, tools


async def sealed(settings: Settings) -> Path:
    """The file of a validated convention."""
    storage = document_storage(settings.storage_url)
    given = tools(Post(), storage=storage, seal=document_seal(settings), secret_key=settings.secret_key)
    async with database(settings.database_url) as session:
        await add_reference(session)
        desk = Desk(await build_world(session), NOW, settings)
        convention = await desk.validated()
        await seal_document(session, given, await last_work(session, "convention.document"))
        await store_document(session, given, await last_work(session, "convention.file"))
        found = await convention_documents.last(session, convention)
    assert found is not None
    return Path(urlsplit(settings.storage_url).path) / place_of(found.key)


async def test_each_file_is_right_or_named_or_made_again(
    fresh_settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = await sealed(fresh_settings)
    content = path.read_bytes()
    fine = await documents.run(fresh_settings, rebuild=False)
    assert (fine.count, fine.wrong, fine.found) == (1, 0, ())
    assert list(documents.described(fine)) == ["1 fichiers regardés, 0 à refaire ou à restaurer."]
    for state, harm in (("missing", None), ("changed", content[:-1])):
        path.unlink() if harm is None else path.write_bytes(harm)
        seen = await documents.run(fresh_settings, rebuild=False)
        assert [one["state"] for one in documents.as_json(seen)["found"]] == [state]
        assert (seen.wrong, path.exists()) == (1, harm is not None)
        rebuilt = await documents.run(fresh_settings, rebuild=True)
        assert (rebuilt.wrong, path.read_bytes() == content) == (0, True)
        assert path.name in next(documents.described(rebuilt))
    path.unlink()
    template = tmp_path / "other.typ"
    template.write_text(document_file.TEMPLATE.read_text().replace("Certificat de", "Certificat des", 1))
    monkeypatch.setattr(document_file, "TEMPLATE", template)
    lost = await documents.run(fresh_settings, rebuild=True)
    assert (lost.wrong, path.exists()) == (1, False)
    said = list(documents.described(lost))
    assert "à restaurer d’une copie de STORAGE_URL" in said[0]
    assert "fait avec template" in said[1]
