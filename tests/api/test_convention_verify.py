"""Verifying a convention, by anybody: its reference, its file, whichever byte of it was changed."""

import hashlib
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from sqlalchemy import func, insert, select, update

from clients.documents import document_seal
from data.tables import convention_documents, conventions, discussion_files
from services.conventions.story import Line, Said, tell
from settings import Settings
from tests.api.space_callers import database
from tests.clients.pages import page
from tests.factories.signing import ToSign, now, to_sign, validate

OK, NOT_FOUND, INVALID = httpx.codes.OK, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY


class Made:
    """A validated convention with its sealed file."""

    signing: ToSign
    reference: str
    file: bytes

    @property
    def url(self) -> str:
        return f"/verifier/{self.reference}"


async def keep(made: ToSign, number: int, content: bytes) -> None:
    """Write down a sealed file as the job that seals does."""
    sha256 = hashlib.sha256(content).digest()
    values = {"data": "{}", "made_with": {}, "unsealed_sha256": sha256, "sealed_sha256": sha256, "at": now()}
    row = insert(convention_documents).values(convention_id=made.convention, number=number, **values)
    await made.world.session.execute(row)
    facts = {"number": number, "file": sha256.hex()}
    await tell(made.desk.office, await made.desk.row(made.convention), Said(Line.SEALED, facts))


@pytest.fixture
async def made(api_settings: Settings, tmp_path: Path) -> Made:
    made = Made()
    async with database(api_settings.database_url) as session:
        made.signing = one = await to_sign(session, api_settings, "verify")
        await validate(one)
        made.reference = (await one.desk.row(one.convention)).reference
        seal = document_seal(api_settings)
        made.file = (await seal.seal(await page(tmp_path), now())).whole
        await keep(made.signing, 1, made.file)
    return made


async def sent(client: httpx.AsyncClient, content: bytes, reference: str = "") -> httpx.Response:
    return await client.post(
        "/verifier", data={"reference": reference}, files={"file": ("convention.pdf", content)}
    )


async def test_a_reference_says_status_and_dates_and_no_name(client: httpx.AsyncClient, made: Made) -> None:
    for typed in (made.reference, made.reference.lower(), f"{made.reference[:5]} {made.reference[5:]}"):
        answer = await client.get(f"/verifier/{typed}")
        assert answer.status_code == OK
        assert "Rien n’a été changé après coup." in answer.text
        assert "Cette convention est valable" in answer.text.replace("\xa0", " ")
        for name in ("Zoé", "Durand", "Boulangerie", "Martin", "Petit"):
            assert name not in answer.text


async def test_an_unknown_reference_is_answered_alike(client: httpx.AsyncClient, made: Made) -> None:
    known = await client.get(made.url)
    async with database(made.signing.desk.settings.database_url) as session:
        made.signing.world.session = session
        draft = (await made.signing.desk.row(await made.signing.desk.draft())).reference
    for reference in ("AAAAAAAAAA", "x", draft):
        answer = await client.get(f"/verifier/{reference}")
        assert answer.status_code == NOT_FOUND
        assert "Inconnue" in answer.text
        assert answer.text.count("<dt>") == known.text.count("<dt>")


async def test_the_form_leads_to_the_reference(client: httpx.AsyncClient, made: Made) -> None:
    assert (await client.get("/verifier")).status_code == OK
    answer = await client.post("/verifier", data={"reference": f" {made.reference.lower()} "})
    assert answer.headers["location"] == made.url
    for typed, said in (("", "choisissez son fichier"), ("ABC", "10 lettres et chiffres")):
        refused = await client.post("/verifier", data={"reference": typed})
        assert (refused.status_code, said in refused.text) == (INVALID, True)


async def test_the_file_is_the_very_one(client: httpx.AsyncClient, made: Made) -> None:
    for reference in ("", made.reference):
        answer = await sent(client, made.file, reference)
        assert "Le fichier est le bon" in answer.text
        assert f"Convention {made.reference}" in answer.text
    other = await sent(client, made.file, "BBBBBBBBBB")
    assert f"celui de la convention {made.reference}, pas de BBBBBBBBBB" in other.text


async def test_one_byte_more_or_other_is_refused(client: httpx.AsyncClient, made: Made) -> None:
    middle = len(made.file) // 2
    flipped = made.file[:middle] + bytes([made.file[middle] ^ 1]) + made.file[middle + 1 :]
    for content in (flipped, made.file + b"\n", b"%PDF-1.7 nothing", b"hello"):
        answer = await sent(client, content, made.reference)
        assert "Attention à ce fichier" in answer.text
        assert "Le fichier est le bon" not in answer.text


async def test_a_replaced_file_says_so(client: httpx.AsyncClient, made: Made) -> None:
    async with database(made.signing.desk.settings.database_url) as session:
        made.signing.world.session = session
        await keep(made.signing, 2, made.file + b"later")
    assert "un autre le remplace" in (await sent(client, made.file)).text


async def test_a_rewritten_convention_is_not_to_be_trusted(client: httpx.AsyncClient, made: Made) -> None:
    async with database(made.signing.desk.settings.database_url) as session:
        mine = conventions.c.id == made.signing.convention
        await session.execute(update(conventions).where(mine).values(ends_on=conventions.c.ends_on + 5))
    answer = await client.get(made.url)
    assert "a été changé après coup" in answer.text
    assert "Ne vous fiez pas" in answer.text


async def test_nothing_sent_is_kept(client: httpx.AsyncClient, made: Made) -> None:
    async def kept() -> tuple[int, ...]:
        async with database(made.signing.desk.settings.database_url) as session:
            counts = [
                select(func.count()).select_from(one) for one in (convention_documents, discussion_files)
            ]
            return tuple([int((await session.execute(one)).scalar_one()) for one in counts])

    before = await kept()
    await sent(client, b"%PDF-1.7 of somebody")
    assert await kept() == before


async def test_it_is_bounded(client: httpx.AsyncClient, api_app: Litestar, api_settings: Settings) -> None:
    most = api_settings.verifications_per_ip_per_hour
    for _ in range(most - 1):
        await api_app.state.counters.hit("verify:127.0.0.1", most, 3600)
    assert (await client.get("/verifier/AAAAAAAAAA")).status_code == NOT_FOUND
    assert (await client.get("/verifier/AAAAAAAAAA")).status_code == httpx.codes.TOO_MANY_REQUESTS
    assert (await sent(client, b"%PDF-")).status_code == httpx.codes.TOO_MANY_REQUESTS
