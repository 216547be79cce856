"""The sealed document of a convention: made once, put, lost, made again; in a real folder."""

import io
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clients.storage import FolderStorage
from data.queries import convention_documents, convention_story
from data.queries.convention_documents import DocumentRow
from data.tables import convention_documents as table
from data.tables import convention_versions, conventions
from domain.chain import END_SEALED
from domain.convention import Status
from domain.retention import Kept
from domain.seal import Sealed
from domain.terms import Contact
from services.conventions import document_file, documents, reviewing
from services.conventions.archives import retain
from services.conventions.document_alerts import document_mail
from services.conventions.document_proof import RewrittenError
from services.conventions.documents import (
    OtherBytesError,
    file_of,
    forget_file,
    seal_document,
    store_document,
)
from services.conventions.story import Line, faults
from services.work import Tools, Work
from tests.factories.conventions import KEYS, NOW, SECRET, Conventions
from tests.factories.discussions import build_world
from tests.services.post import SEAL, Post, last_work, parts, tools


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


@pytest.fixture
def given(tmp_path: Path) -> Tools:
    storage = FolderStorage(tmp_path / "documents")
    return tools(Post(), storage=storage, secret_key=SECRET, operator_email="operator@example.com")


async def sealed(desk: Conventions, given: Tools) -> DocumentRow:
    """The document of a convention just validated, its file put."""
    convention = await desk.validated()
    await work_on(desk, given)
    found = await convention_documents.last(desk.world.session, convention)
    assert found is not None
    return found


async def work_on(desk: Conventions, given: Tools) -> None:
    """The two jobs, one after the other, as the worker runs them."""
    session = desk.world.session
    await seal_document(session, given, await last_work(session, "convention.document"))
    await store_document(session, given, await last_work(session, "convention.file"))


def files(given: Tools, tmp_path: Path) -> Sequence[Path]:
    assert isinstance(given.storage, FolderStorage)
    return sorted(one for one in (tmp_path / "documents").rglob("*") if one.is_file())


def text_of(pdf: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


async def test_made_of_the_row_the_text_and_the_story(
    desk: Conventions, given: Tools, tmp_path: Path
) -> None:
    found = await sealed(desk, given)
    session = desk.world.session
    row = await desk.row(found.convention_id)
    story = await convention_story.entries(session, row.id)
    validated, seal = story[-2:]
    assert [validated.kind, seal.kind] == [Line.VALIDATED, Line.SEALED]
    assert seal.facts == {
        **END_SEALED,
        "number": 1,
        "file": found.key,
        "timestamped": False,
        "certificate": found.made_with["certificate"],
    }
    assert await faults(session, row, KEYS) == ()
    content = await given.storage.get(found.key)
    assert [one.read_bytes() for one in files(given, tmp_path)] == [content]
    assert (await SEAL.verify(content)).valid
    said = text_of(content)
    assert row.terms_sha256 is not None
    for words in (row.reference, "DURAND Zoé", "Boulangerie du Port", row.agency, "Stranger, pour"):
        assert words in said
    for proof in (row.terms_sha256.hex(), validated.mac.hex()):
        assert " ".join(proof[at : at + 8] for at in range(0, 64, 8)) in said
    assert "Code à usage unique envoyé par SMS au •• •• •• •• 78" in said
    assert found.made_with.keys() == {"typst", "template", "certificate"}


async def test_done_twice_it_is_made_once(desk: Conventions, given: Tools, tmp_path: Path) -> None:
    found = await sealed(desk, given)
    path = files(given, tmp_path)[0]
    content = path.read_bytes()
    path.unlink()
    await work_on(desk, given)
    await work_on(desk, given)
    assert path.read_bytes() == content
    session = desk.world.session
    assert await session.scalar(select(func.count()).where(table.c.convention_id == found.convention_id)) == 1
    kinds = [one.kind for one in await convention_story.entries(session, found.convention_id)]
    assert kinds.count(Line.SEALED) == 1


@pytest.mark.parametrize("harm", ["lost", "cut", "changed"])
async def test_a_lost_file_is_made_again(desk: Conventions, given: Tools, tmp_path: Path, harm: str) -> None:
    found = await sealed(desk, given)
    path = files(given, tmp_path)[0]
    content = path.read_bytes()
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(content[:-1] if harm == "cut" else content.replace(b"Escale", b"escalE", 1) + b" ")
    assert await file_of(given.storage, found) == content
    assert path.read_bytes() == content


async def test_a_storage_away_keeps_nobody_from_their_convention(desk: Conventions, given: Tools) -> None:
    found = await sealed(desk, given)
    away = FolderStorage(Path("/dev/null/nowhere"))
    assert await file_of(away, found) == await given.storage.get(found.key)


async def test_made_by_another_version_it_is_said_and_the_operator_told(
    desk: Conventions, given: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await sealed(desk, given)
    path = files(given, tmp_path)[0]
    path.unlink()
    template = tmp_path / "convention.typ"
    source = document_file.TEMPLATE.read_text()
    template.write_text(source.replace("Certificat de signature", "Certificat des signatures", 1))
    assert template.read_text() != source
    monkeypatch.setattr(document_file, "TEMPLATE", template)
    with pytest.raises(OtherBytesError, match="restauré par l’équipe"):
        await file_of(given.storage, found)
    assert not path.exists()
    session, post = desk.world.session, given.mailer
    assert isinstance(post, Post)
    work = Work(1, {"convention": str(found.convention_id), "number": 1}, NOW, NOW)
    await document_mail(session, given, work)
    assert f"Convention {found.reference}, document n° 1" in str(post.sent[0]["Subject"])
    assert found.key in parts(post.sent[0])[0]
    await document_mail(session, given, replace(work, id=2))
    assert len(post.sent) == 1, "one cause, one mail an hour"


async def test_nothing_is_made_of_a_rewritten_story_or_text(desk: Conventions, given: Tools) -> None:
    convention = await desk.validated()
    session = desk.world.session
    work = await last_work(session, "convention.document")
    versions = update(convention_versions).where(convention_versions.c.convention_id == convention)
    kept = await convention_story.version_text(session, convention, 1)
    assert kept is not None
    await session.execute(versions.values(terms=kept.replace("Zoé", "Zoe")))
    with pytest.raises(RewrittenError, match="the signed text"):
        await seal_document(session, given, work)
    await session.execute(versions.values(terms=kept))
    await session.execute(
        update(conventions).where(conventions.c.id == convention).values(chain_head=bytes(32))
    )
    with pytest.raises(RewrittenError, match="9"):
        await seal_document(session, given, work)
    assert await convention_documents.last(session, convention) is None


async def test_a_new_tutor_makes_a_second_one(desk: Conventions, given: Tools, tmp_path: Path) -> None:
    first = await sealed(desk, given)
    tutor = Contact(first_name="Léa", last_name="Blanc", function="Cheffe", email="lea@exemple.com")
    standing = await desk.standing("counsellor", first.convention_id)
    await reviewing.change_tutor(desk.office, standing, replace(tutor, phone="+33387112233"))
    await work_on(desk, given)
    second = await convention_documents.last(desk.world.session, first.convention_id)
    assert second is not None
    assert (first.number, second.number) == (1, 2)
    assert len(files(given, tmp_path)) == 2
    said = text_of(await given.storage.get(second.key))
    assert "Léa Blanc, Cheffe" in said
    assert "Changé depuis les signatures : Tuteur ou tutrice : Léa Blanc, depuis le 21 novembre 2026." in said
    assert "Version signée : 1" in said
    assert await faults(desk.world.session, await desk.row(first.convention_id), KEYS) == ()


async def test_two_new_tutors_at_once_make_one_more(desk: Conventions, given: Tools, tmp_path: Path) -> None:
    """The first of the two jobs finds the second tutor already written."""
    first = await sealed(desk, given)
    for name in ("Lea", "Ada"):
        tutor = Contact(
            first_name=name, last_name="Blanc", function="Cheffe", email=f"{name[1:]}@exemple.com"
        )
        standing = await desk.standing("counsellor", first.convention_id)
        await reviewing.change_tutor(desk.office, standing, replace(tutor, phone="+33387112233"))
    await work_on(desk, given)
    await work_on(desk, given)
    last = await convention_documents.last(desk.world.session, first.convention_id)
    assert last is not None
    assert last.number == len(files(given, tmp_path)) == 2
    assert "Ada Blanc" in text_of(await given.storage.get(last.key))


async def test_cancelled_before_it_is_made_it_has_none(desk: Conventions, given: Tools) -> None:
    convention = await desk.validated()
    work = await last_work(desk.world.session, "convention.document")
    await reviewing.cancel(desk.office, await desk.standing("stranger", convention), "Fermeture")
    await seal_document(desk.world.session, given, work)
    assert await convention_documents.last(desk.world.session, convention) is None
    assert (await desk.row(convention)).status is Status.CANCELLED


async def test_a_seal_without_its_time_is_told(
    desk: Conventions, given: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = documents.sealed_of

    async def late(*told: object) -> Sealed:
        return replace(await honest(*told), without_time="no answer to use: ConnectError")  # type: ignore[arg-type]

    monkeypatch.setattr(documents, "sealed_of", late)
    found = await sealed(desk, given)
    assert found.made_with["without_time"] == "no answer to use: ConnectError"
    session, post = desk.world.session, given.mailer
    assert isinstance(post, Post)
    await document_mail(session, given, await last_work(session, "operator.document_mail"))
    assert "Scellé sans heure certifiée" in parts(post.sent[0])[0]


async def test_anonymised_its_file_goes_and_stays_gone(
    desk: Conventions, given: Tools, tmp_path: Path
) -> None:
    """Five years after its end, as the retention does each night; a job that was late puts nothing back."""
    found = await sealed(desk, given)
    session = desk.world.session
    late = await last_work(session, "convention.file")
    ends = update(conventions).where(conventions.c.id == found.convention_id)
    await session.execute(ends.values(archived_at=NOW))
    before = NOW + timedelta(days=365)
    assert await retain(session, Kept.ARCHIVED_CONVENTIONS, before, before) == 1
    work = await last_work(session, "convention.forget_file")
    assert work.payload == {"file": found.key}
    for _ in range(2):
        await forget_file(session, given, work)
    await store_document(session, given, late)
    await seal_document(session, given, await last_work(session, "convention.document"))
    assert files(given, tmp_path) == []
    gone = await convention_documents.last(session, found.convention_id)
    assert gone is not None
    assert (gone.data, gone.tail, gone.key) == (None, None, found.key)
    with pytest.raises(OtherBytesError, match="effacé"):
        await file_of(given.storage, gone)


@pytest.mark.parametrize("killed", [False, True])
async def test_the_file_is_typeset_once_unless_its_process_was_killed(
    desk: Conventions, given: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed: bool
) -> None:
    typeset: list[str] = []

    async def counted(text: str) -> bytes:
        typeset.append(text)
        return await document_file.convention_pdf(text)

    monkeypatch.setattr(documents, "convention_pdf", counted)
    monkeypatch.setattr(documents, "_just_sealed", OrderedDict())
    convention = await desk.validated()
    session = desk.world.session
    await seal_document(session, given, await last_work(session, "convention.document"))
    if killed:
        monkeypatch.setattr(documents, "_just_sealed", OrderedDict())
    await store_document(session, given, await last_work(session, "convention.file"))
    found = await convention_documents.last(session, convention)
    assert found is not None
    assert len(typeset) == (2 if killed else 1)
    assert [one.name for one in files(given, tmp_path)] == [found.key]
