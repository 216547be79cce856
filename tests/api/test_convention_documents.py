"""The files of a convention by its pages: sealed, lost, to sign by hand, blank; who may have them."""

import io
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import select, update

from api.cookies import SESSION_COOKIE
from clients.documents import document_seal, document_storage
from clients.storage import place_of
from data.queries import convention_documents, convention_story
from data.tables import audit
from data.tables import conventions as conventions_table
from domain.convention import As
from services.conventions import document_file, papers, reviewing
from services.conventions.documents import seal_document, store_document
from services.conventions.story import Line
from services.work import Tools
from settings import Settings
from tests.api.space_callers import database
from tests.api.test_convention_signing import sign
from tests.factories.signing import ToSign, now, to_sign
from tests.services.post import Post, last_work, tools

OK, NOT_FOUND, SOON = httpx.codes.OK, httpx.codes.NOT_FOUND, httpx.codes.SERVICE_UNAVAILABLE


def given(settings: Settings) -> Tools:
    storage = document_storage(settings.storage_url)
    seal = document_seal(settings)
    return tools(Post(), storage=storage, seal=seal, secret_key=settings.secret_key)


async def validate(client: httpx.AsyncClient, settings: Settings, made: ToSign) -> None:
    """Signed by their links, then decided by the agency; its jobs are not run yet."""
    for whom in made.paths:
        assert (await sign(client, settings, made, whom)).status_code == httpx.codes.SEE_OTHER
    async with database(settings.database_url) as session:
        made.world.session = session
        standing = await made.desk.standing("counsellor", made.convention)
        if standing.row.two_step:
            await reviewing.pre_approve(made.desk.office, standing)
        await reviewing.validate(made.desk.office, await made.desk.standing("stranger", made.convention))


async def seal(settings: Settings) -> None:
    async with database(settings.database_url) as session:
        work = await last_work(session, "convention.document")
        await seal_document(session, given(settings), replace(work, now=work.created_at))
        await store_document(session, given(settings), await last_work(session, "convention.file"))


def file(settings: Settings, key: str) -> Path:
    return Path(urlsplit(settings.storage_url).path) / place_of(key)


def as_(made: ToSign, name: str) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={made.world.tokens[name]}"}


def words(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


@pytest.fixture
async def made(api_settings: Settings) -> ToSign:
    async with database(api_settings.database_url) as session:
        return await to_sign(session, api_settings, "paper")


async def test_from_the_validation_to_the_file(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    page = f"/conventions/{made.convention}/document.pdf"
    before = await client.get(page, headers=as_(made, "counsellor"))
    assert (before.status_code, "pas validée" in before.text) == (NOT_FOUND, True)
    await validate(client, api_settings, made)
    client.cookies.clear()
    soon = await client.get(page, headers=as_(made, "counsellor"))
    assert (soon.status_code, soon.headers["retry-after"]) == (SOON, "60")
    assert "en préparation" in soon.text
    await seal(api_settings)
    answers = [await client.get(page, headers=as_(made, name)) for name in ("counsellor", "person")]
    answers += [await client.get(f"{path}/document.pdf") for path in made.paths.values()]
    assert {one.status_code for one in answers} == {OK}
    assert len({one.content for one in answers}) == 1
    one = answers[0]
    assert one.headers["content-type"] == "application/pdf"
    assert one.headers["content-disposition"].startswith("attachment; filename=")
    assert one.headers["cache-control"] == "no-store"
    assert (await document_seal(api_settings).verify(one.content)).valid
    refused = await client.get(page, headers=as_(made, "owner"))
    assert refused.status_code == NOT_FOUND
    assert (await client.get(f"/signature/{'x' * 43}/document.pdf")).status_code == NOT_FOUND
    async with database(api_settings.database_url) as session:
        read = select(audit.c.action).where(audit.c.object_id == str(made.convention))
        assert "convention.read" in (await session.execute(read)).scalars().all()


async def test_lost_or_changed_the_same_bytes_come_back(
    client: httpx.AsyncClient,
    made: ToSign,
    api_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    await validate(client, api_settings, made)
    await seal(api_settings)
    page = f"{made.paths[As.COMPANY]}/document.pdf"
    content = (await client.get(page)).content
    async with database(api_settings.database_url) as session:
        found = await convention_documents.last(session, made.convention)
    assert found is not None
    path = file(api_settings, found.key)
    assert path.read_bytes() == content
    path.unlink()
    assert (await client.get(page)).content == content
    path.write_bytes(content[:1000])
    assert (await client.get(page)).content == content
    assert path.read_bytes() == content
    path.unlink()
    template = tmp_path / "other.typ"
    template.write_text(document_file.TEMPLATE.read_text().replace("Certificat de", "Certificat des", 1))
    monkeypatch.setattr(document_file, "TEMPLATE", template)
    answer = await client.get(page)
    assert answer.status_code == SOON
    assert "doit être restauré par l’équipe" in answer.text
    async with database(api_settings.database_url) as session:
        work = await last_work(session, "operator.document_mail")
        assert work.payload == {"convention": str(made.convention), "number": 1}


async def test_the_copy_to_sign_by_hand(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    by_link = await client.get(f"{made.paths[As.COMPANY]}/a-signer.pdf")
    page = f"/conventions/{made.convention}/a-signer.pdf"
    by_account = await client.get(page, headers=as_(made, "person"))
    assert (by_link.status_code, by_account.content == by_link.content) == (OK, True)
    assert "À signer à la main" in words(by_link.content)
    client.cookies.clear()
    assert (await client.get(page, headers=as_(made, "owner"))).status_code == NOT_FOUND
    await validate(client, api_settings, made)
    late = await client.get(f"{made.paths[As.COMPANY]}/a-signer.pdf")
    assert (late.status_code, "rien à imprimer" in late.text) == (httpx.codes.CONFLICT, True)


@pytest.mark.parametrize(
    ("asked", "title", "name"),
    [
        ("", "Convention d’immersion professionnelle", "convention-vierge-pmsmp"),
        ("?type=mini_stage", "Convention de mini-stage", "convention-vierge-mini-stage"),
        ("?type=autre", "Convention d’immersion professionnelle", "convention-vierge-pmsmp"),
    ],
)
async def test_the_blank_form(client: httpx.AsyncClient, asked: str, title: str, name: str) -> None:
    answer = await client.get(f"/convention/vierge.pdf{asked}")
    assert answer.status_code == OK
    assert title in words(answer.content)
    assert f'"{name}.pdf"' in answer.headers["content-disposition"]
    assert answer.headers["cache-control"].startswith("public")
    assert (await client.get(f"/convention/vierge.pdf{asked}")).content == answer.content
    assert len(papers._blanks) <= 2  # noqa: SLF001 - nothing that a caller chooses is kept


async def test_the_file_of_an_archive_is_given_with_a_reason(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    await validate(client, api_settings, made)
    await seal(api_settings)
    async with database(api_settings.database_url) as session:
        row = update(conventions_table).where(conventions_table.c.id == made.convention)
        await session.execute(row.values(archived_at=now()))
    client.cookies.clear()
    page, agent = f"/conventions/{made.convention}", as_(made, "counsellor")
    refused = await client.get(f"{page}/document.pdf", headers=agent)
    assert refused.headers["location"] == f"{page}/archive"
    unsaid = await client.post(f"{page}/archive/document.pdf", headers=agent, data={"reason": ""})
    assert (unsaid.status_code, "Dites pourquoi" in unsaid.text) == (httpx.codes.UNPROCESSABLE_ENTITY, True)
    given_ = await client.post(f"{page}/archive/document.pdf", headers=agent, data={"reason": "Accident"})
    assert given_.content.startswith(b"%PDF-")
    async with database(api_settings.database_url) as session:
        story = await convention_story.entries(session, made.convention)
        assert [one.kind for one in story][-1] == Line.ARCHIVED_READ
    stranger = await client.post(
        f"{page}/archive/document.pdf", headers=as_(made, "owner"), data={"reason": "Pour voir"}
    )
    assert stranger.status_code == NOT_FOUND
