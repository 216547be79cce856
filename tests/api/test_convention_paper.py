"""The page where an agent attests a paper, joins its scan, and opens it again."""

import io
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update

from api.cookies import SESSION_COOKIE
from data.queries import sessions
from data.tables import audit, convention_events, convention_scans, conventions
from domain.attachments import MAX_BYTES
from domain.roles import Role
from services.conventions.drafting import edit
from settings import Settings
from tests.api.space_callers import database
from tests.api.test_convention_signing import HASH
from tests.clients.test_pdf import pdf, script_at_opening
from tests.factories.conventions import Conventions
from tests.factories.mails import PNG, docx
from tests.factories.people import add_right, add_user
from tests.factories.signing import ToSign, now, to_sign

OK, SEE_OTHER, INVALID = httpx.codes.OK, httpx.codes.SEE_OTHER, httpx.codes.UNPROCESSABLE_ENTITY
NOT_FOUND, FORBIDDEN = httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN
TYPED = {"whom": "beneficiary", "version": "1", "seen": "1"}


@pytest.fixture
async def made(api_settings: Settings) -> ToSign:
    async with database(api_settings.database_url) as session:
        return await to_sign(session, api_settings, "scan")


def sign_in(client: httpx.AsyncClient, made: ToSign, name: str) -> None:
    client.cookies.clear()
    client.cookies.set(SESSION_COOKIE, made.world.tokens[name])


async def attest(
    client: httpx.AsyncClient, made: ToSign, content: bytes, typed: dict[str, str] = TYPED
) -> httpx.Response:
    """What the agent sends, with a file; its name and the type that a browser gives say nothing."""
    sign_in(client, made, "counsellor")
    url = f"/conventions/{made.convention}/papier"
    page = await client.get(url)
    assert 'enctype="multipart/form-data"' in page.text
    document = HASH.search(page.text)[1]  # type: ignore[index]
    files = {"scan": ("papier.txt", content, "text/plain")}
    return await client.post(url, data=typed | {"document": document}, files=files)


async def kept(settings: Settings, convention: UUID) -> int:
    async with database(settings.database_url) as session:
        mine = convention_scans.c.convention_id == convention
        return int(await session.scalar(select(func.count()).where(mine)) or 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (docx(), "Ce fichier n’est ni une photo JPEG ou PNG, ni un PDF."),
        (PNG + bytes(MAX_BYTES), "Ce fichier est trop lourd."),
        (b"", "Ce fichier est vide."),
        (pdf(script_at_opening), "Ce PDF contient un programme ou un fichier joint"),
    ],
)
async def test_what_is_not_taken_is_said_next_to_its_field(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings, content: bytes, said: str
) -> None:
    answer = await attest(client, made, content)
    assert answer.status_code == INVALID
    page = answer.text.replace("\xa0", " ").replace("\u202f", " ")
    assert page.count(said) == 2
    assert '<a href="#scan">' in page
    assert 'aria-describedby="scan-aide scan-erreur"' in page
    assert await kept(api_settings, made.convention) == 0


async def test_a_file_is_asked_again_when_something_else_is_to_correct(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    answer = await attest(client, made, PNG, {"whom": "beneficiary", "version": "1"})
    assert answer.status_code == INVALID
    assert "Cochez cette case" in answer.text
    assert answer.text.index("Choisissez de nouveau ce fichier") < answer.text.index("Cochez cette case")
    assert await kept(api_settings, made.convention) == 0


async def test_the_version_asked_is_read_on_the_paper(client: httpx.AsyncClient, made: ToSign) -> None:
    """Drafts count too: an example of another number would be taken for it."""
    sign_in(client, made, "counsellor")
    page = (await client.get(f"/conventions/{made.convention}/papier")).text
    assert "chaque enregistrement du brouillon compte" in page
    assert "Exemple : 1" not in page


async def printed(client: httpx.AsyncClient, url: str) -> str:
    """The version that the copy to sign bears, on its last page."""
    pages = PdfReader(io.BytesIO((await client.get(f"{url}/a-signer.pdf")).content)).pages
    words = pages[-1].extract_text().replace("\xa0", " ")
    (bears,) = re.findall(r"(Version [0-9]+) \(empreinte [0-9a-f]{8}\)", words)
    return str(bears)


async def test_a_paper_printed_before_a_change_attests_nothing(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    sign_in(client, made, "counsellor")
    url = f"/conventions/{made.convention}"
    old = await printed(client, url)
    async with database(api_settings.database_url) as session:
        made.world.session = session
        desk = Conventions(made.world, now())
        terms = (await desk.row(made.convention)).document
        changed = replace(terms, activity=replace(terms.activity, tasks="Porter des charges."))
        await edit(desk.office, await desk.standing("counsellor", made.convention), changed, 1)
    refused = await attest(client, made, PNG, TYPED | {"version": old})
    assert refused.status_code == INVALID
    assert '<a href="#version">' in refused.text
    assert refused.text.replace("\xa0", " ").count("faites signer la version 2") == 2
    unsaid = await attest(client, made, PNG, {"whom": "beneficiary", "seen": "1"})
    assert (unsaid.status_code, '<a href="#version">' in unsaid.text) == (INVALID, True)
    assert await kept(api_settings, made.convention) == 0
    new = await printed(client, url)
    assert (old, new) == ("Version 1", "Version 2")
    assert (await attest(client, made, PNG, TYPED | {"version": new})).status_code == SEE_OTHER
    assert await kept(api_settings, made.convention) == 1


async def test_without_a_file_nothing_is_kept_nor_offered(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    sign_in(client, made, "counsellor")
    url = f"/conventions/{made.convention}/papier"
    document = HASH.search((await client.get(url)).text)[1]  # type: ignore[index]
    empty = {"scan": ("", b"", "application/octet-stream")}  # as browsers send a field left empty
    answer = await client.post(url, data=TYPED | {"document": document}, files=empty)
    assert answer.status_code == SEE_OTHER
    assert await kept(api_settings, made.convention) == 0
    assert "Voir le papier signé" not in (await client.get(url)).text


async def others(settings: Settings, made: ToSign) -> None:
    """A reader of the agency, somebody of the platform, the company's people, somebody unknown."""
    async with database(settings.database_url) as session:
        for name in ("reader", "staff", "nobody"):
            email = f"{name}-{made.convention.hex}@exemple.fr"
            user = await add_user(session, email, back_office=name == "staff")
            token = f"{name}{made.convention.hex}".ljust(50, "-")
            times: dict[str, Any] = {"created_at": now(), "expires_at": made.world.now.replace(year=2100)}
            await sessions.open_session(session, token, {"user_id": user, "method": "mail", **times})
            made.world.tokens[name] = token
            if name == "reader":
                await add_right(session, made.world.agency, user, (Role.AGENCY_VIEWER,))
        mine = update(conventions).where(conventions.c.id == made.convention)
        await session.execute(mine.values(company_id=made.world.company))


async def test_agents_alone_open_it_and_it_is_written_down(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    answer = await attest(client, made, PNG)
    assert answer.headers["location"] == f"/conventions/{made.convention}?fait=papier"
    await others(api_settings, made)
    url = f"/conventions/{made.convention}"
    link = f'<a href="{url}/papier/beneficiary">Voir le papier signé (la personne accueillie)</a>'
    wanted = {
        **dict.fromkeys(("counsellor", "stranger", "reader", "staff"), OK),
        **dict.fromkeys(("person", "owner", "contact"), FORBIDDEN),
        "nobody": NOT_FOUND,
    }
    found, offered = {}, {}
    for name in wanted:
        sign_in(client, made, name)
        found[name] = (await client.get(f"{url}/papier/beneficiary")).status_code
        offered[name] = link in (await client.get(url)).text
    assert found == wanted
    assert offered == {name: status == OK for name, status in wanted.items()}
    client.cookies.clear()
    unknown = await client.get(f"{url}/papier/beneficiary")
    assert (unknown.status_code, unknown.headers["location"].split("?")[0]) == (SEE_OTHER, "/connexion")
    async with database(api_settings.database_url) as session:
        lines = select(func.count()).where(
            audit.c.object_id == str(made.convention), audit.c.action == "convention.read"
        )
        before = await session.scalar(lines)
    sign_in(client, made, "counsellor")
    assert link in (await client.get(f"{url}/papier")).text
    file = await client.get(f"{url}/papier/beneficiary")
    assert file.content == PNG
    assert file.headers["content-type"] == "image/png"
    assert file.headers["content-disposition"].startswith('attachment; filename="convention-')
    assert file.headers["content-disposition"].endswith('-papier-signe-beneficiary.png"')
    assert (file.headers["x-content-type-options"], file.headers["cache-control"]) == ("nosniff", "no-store")
    async with database(api_settings.database_url) as session:
        assert await session.scalar(lines) == (before or 0) + 2
    for whom in ("company", "counsellor", "personne"):
        assert (await client.get(f"{url}/papier/{whom}")).status_code == NOT_FOUND


async def test_the_box_stays_ticked_when_the_file_is_refused(client: httpx.AsyncClient, made: ToSign) -> None:
    answer = await attest(client, made, b"GIF89a")
    assert 'id="seen" name="seen" value="1" checked' in answer.text


async def test_in_an_archive_it_is_given_with_a_reason(
    client: httpx.AsyncClient, made: ToSign, api_settings: Settings
) -> None:
    await attest(client, made, PNG)
    async with database(api_settings.database_url) as session:
        mine = update(conventions).where(conventions.c.id == made.convention)
        await session.execute(mine.values(archived_at=now()))
    url = f"/conventions/{made.convention}"
    refused = await client.get(f"{url}/papier/beneficiary")
    assert (refused.status_code, refused.headers["location"]) == (SEE_OTHER, f"{url}/archive")
    asked = f"{url}/archive/papier/beneficiary"
    offered = f'formaction="{asked}">Télécharger le papier signé (la personne accueillie)'
    assert offered in (await client.get(f"{url}/archive")).text
    unsaid = await client.post(asked, data={"reason": " "})
    assert (unsaid.status_code, offered in unsaid.text) == (INVALID, True)
    given = await client.post(asked, data={"reason": "Accident déclaré"})
    assert (given.status_code, given.content) == (OK, PNG)
    async with database(api_settings.database_url) as session:
        query = select(convention_events.c.told).where(convention_events.c.kind == "archived_read")
        told = await session.scalars(query.where(convention_events.c.convention_id == made.convention))
        assert [one["reason"] for one in told if one] == ["Accident déclaré"]
    none = await client.post(f"{url}/archive/papier/company", data={"reason": "Accident déclaré"})
    assert none.status_code == NOT_FOUND
    for name, status in (("person", FORBIDDEN), ("owner", NOT_FOUND)):
        sign_in(client, made, name)
        assert (await client.post(asked, data={"reason": "Pour voir"})).status_code == status
