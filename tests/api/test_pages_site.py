"""Pages that are always there, the files beside them, the demonstration's mailbox, and errors as pages."""

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

import api
from api.app import create_app
from api.cookies import PASSPORT_COOKIE
from api.pages import page_handlers
from api.pages.forms import REGISTRATION_COOKIE
from api.templating import french, french_number, kilometres
from domain.french import french_date
from settings import Settings
from tests.api.conftest import NOW, opened
from tests.browser.conftest import LETTER

API = Path(api.__file__).parent
PATHS = (
    "/",
    "/recherche",
    "/comment-ca-marche",
    "/classement",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
    "/plan-du-site",
    "/entreprises/inscription",
    "/entreprises/modifier",
    "/connexion",
)


@pytest.mark.parametrize("path", PATHS)
async def test_page(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == httpx.codes.OK
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert len(re.findall("<h1[ >]", answer.text)) == 1
    assert " style=" not in answer.text
    assert re.search(r"<script(?![^>]*src=)", answer.text) is None
    assert "unsafe-inline" not in answer.headers["content-security-policy"]


async def test_every_link_of_every_page_leads_somewhere(client: httpx.AsyncClient) -> None:
    found = {
        link for path in PATHS for link in re.findall(r'href="(/[^"#?]*)', (await client.get(path)).text)
    }
    answers = {link: await client.get(link) for link in found}
    asks = {link for link in found if answers[link].headers.get("location", "").startswith("/connexion?")}
    agencies = {"/mes-structures", "/structures/inscription", "/structures/rejoindre"}
    assert asks == {"/entreprise"} | agencies, "pages of those who have an account"
    assert {link for link in found - asks if answers[link].status_code != httpx.codes.OK} == set()


async def test_every_cookie_is_named_on_the_privacy_page(client: httpx.AsyncClient) -> None:
    page = (await client.get("/donnees-personnelles")).text
    sources = [path.read_text() for path in API.rglob("*.py")]
    set_by_code = {name for text in sources for name in re.findall(r'_COOKIE = "([^"]+)"', text)}
    assert set_by_code >= {PASSPORT_COOKIE, REGISTRATION_COOKIE}
    assert {name for name in set_by_code if f"<code>{name}</code>" not in page} == set()


async def test_static_files_are_kept_and_compressed(client: httpx.AsyncClient) -> None:
    address = re.findall(r'href="(/static/escale.css[^"]+)"', (await client.get("/")).text)[0]
    answer = await client.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/css")
    again = await client.get(address, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == httpx.codes.NOT_MODIFIED
    assert again.content == b""
    plain = await client.get("/static/escale.css", headers={"Accept-Encoding": "identity"})
    assert "immutable" not in plain.headers["cache-control"]
    assert plain.text == answer.text


@pytest.mark.parametrize("name", ["nope.css", "../settings.py", "%2e%2e/settings.py", "vendor/../../app.py"])
async def test_only_listed_files_are_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/{name}")).status_code == httpx.codes.NOT_FOUND


async def test_errors_are_pages(client: httpx.AsyncClient) -> None:
    missing = await client.get("/nulle-part")
    assert missing.status_code == httpx.codes.NOT_FOUND
    assert 'href="/plan-du-site"' in missing.text
    refused = await client.post("/comment-ca-marche")
    assert refused.status_code == httpx.codes.METHOD_NOT_ALLOWED
    assert "<h1>" in refused.text


async def test_a_form_of_another_site_is_refused_as_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        "/entreprises/inscription", data={"siret": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "rouvrez sa page" in answer.text


async def test_mailbox_shows_letters(api_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "1-1.eml").write_text(LETTER)
    async for client in opened(create_app(replace(api_settings, mailbox_path=str(tmp_path)))):
        page = await client.get("/boite-aux-lettres")
        assert "ana@dupont.example" in page.text
        assert '<a href="http://localhost/entreprises/preuve/abc">' in page.text
        letter = await client.get("/boite-aux-lettres/1-1.eml")
        assert "sandbox" in letter.headers["content-security-policy"]
        assert letter.headers["x-frame-options"] == "SAMEORIGIN"
        assert '<base target="_blank">' in letter.text
        assert (await client.get("/boite-aux-lettres/2-2.eml")).status_code == httpx.codes.NOT_FOUND
        assert (await client.get("/boite-aux-lettres/..%2f1-1.eml")).status_code >= 400


async def test_no_mailbox_without_its_folder(client: httpx.AsyncClient) -> None:
    assert (await client.get("/boite-aux-lettres")).status_code == httpx.codes.NOT_FOUND


def test_never_a_mailbox_in_production(tmp_path: Path) -> None:
    def paths(settings: Settings) -> set[str]:
        return {path for handler in page_handlers(settings) for path in handler.paths}

    demo = Settings(environment="demo", mailbox_path=str(tmp_path))
    assert "/boite-aux-lettres" in paths(demo)
    assert "/boite-aux-lettres" not in paths(replace(demo, environment="production"))


def test_french_writing() -> None:
    assert french("« Oui » : vraiment ?") == "«\u00a0Oui\u00a0»\u00a0: vraiment\u00a0?"
    assert french("Conducteur d'engins, l'Abergement, 'cité'") == "Conducteur d’engins, l’Abergement, 'cité'"
    assert french_date(NOW.date().replace(day=1)) == "1er novembre 2026"
    assert french_number(12345) == "12\u202f345"
    assert [kilometres(km) for km in (0.4, 1.2, 35.6)] == ["à moins de 1 km", "à 1 km", "à 36 km"]
