"""The real service on a real port, before a real browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from data.session import create_engine, create_maker
from ops import databases
from ops.doctor import chromium
from settings import Settings
from tests.browser.whole import Whole, serving, whole_service
from tests.conftest import Servers, run_async
from tests.factories.companies import NANTES, a_siret, add_company, add_place, add_potentiel

METZ = (49.1193, 6.1757)
BAKER = "D1102"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
LETTER = """From: Escale <ne-pas-repondre@escale.example>
To: ana@dupont.example
Subject: Confirmez
Date: Sat, 21 Nov 2026 09:00:00 +0100
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=part

--part
Content-Type: text/plain; charset=utf-8

Ouvrez http://localhost/entreprises/preuve/abc puis confirmez.
--part
Content-Type: text/html; charset=utf-8

<!doctype html><html lang="fr"><head><title>Confirmez</title></head>
<body><main><h1>Confirmez</h1><p><a href="http://localhost/entreprises/preuve/abc">Confirmer</a></p></main></body></html>
--part--
"""


@dataclass(frozen=True, slots=True)
class Site:
    """The service under test, and the companies of its database that tests name."""

    url: str
    volunteer: str
    """SIRET of a bakery that registered."""
    volunteer_place: int
    potentiel: str
    """SIRET of a bakery that a public file knows."""
    leaving: str
    """SIRET of another, far away, that a test takes off."""
    database_url: str


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium, stopped with the file: asynchronous tests may follow."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        yield launched
        launched.close()


async def _add_companies(url: str) -> tuple[str, int, str, str]:
    """A bakery near Metz that welcomes people, and two that only a public file knows."""
    volunteer, potentiel, leaving = a_siret(), a_siret(), a_siret()
    engine = create_engine(url)
    async with create_maker(engine)() as session, session.begin():
        company = await add_company(
            session, places=(), jobs=[BAKER], siret=volunteer, name="Fournil des Roches"
        )
        place = await add_place(session, company, *METZ)
        await add_potentiel(session, places=[METZ], siret=potentiel, name="Pain Public", naf="10.71C")
        await add_potentiel(session, places=[NANTES], siret=leaving, name="Pain Parti", naf="10.71C")
    await engine.dispose()
    return volunteer, place, potentiel, leaving


@pytest.fixture(scope="session")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mailbox")
    (folder / "1-1.eml").write_text(LETTER)
    return folder


@pytest.fixture(scope="session")
def site(
    servers: Servers,
    worker_name: str,
    starter_template: str,
    mailbox: Path,
    documents_url: str,
) -> Iterator[Site]:
    """A server of its own on the starter data."""
    name = f"escale_test_{servers.run}_{worker_name}_browser"
    database_url = run_async(databases.create(servers.database_url, name, starter_template))
    named = run_async(_add_companies(database_url))
    settings = Settings(
        environment="test",
        database_url=database_url,
        valkey_url=servers.valkey_url,
        mailbox_path=str(mailbox),
        storage_url=documents_url,
        sirene_url="http://127.0.0.1:9",
        sirene_timeout_s=0.2,
        registrations_per_hour=100_000,
        mails_per_hour=100_000,
    )
    with serving(settings) as complete:
        yield Site(complete.public_url, *named, database_url)


class Trouble:
    """What a page must not do: write errors on the console, ask another host for anything."""

    def __init__(self, *urls: str) -> None:
        self._urls = urls
        self.seen: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"{page.url}: {error}"))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, message: Any) -> None:  # noqa: ANN401 - Playwright's own
        # A refused form is answered 422 on purpose, a missing page 404: Chromium notes both as errors.
        if (
            message.type in {"error", "warning"}
            and "the server responded with a status of 4" not in message.text
        ):
            self.seen.append(f"{message.location}: {message.text}")

    def _request(self, url: str) -> None:
        if not url.startswith((*self._urls, "data:", "about:")):
            self.seen.append(f"asked {url}")


Opener = Callable[..., Page]


@pytest.fixture
def trouble(site: Site) -> Trouble:
    return Trouble(site.url)


@pytest.fixture
def opened(browser: Browser, site: Site, trouble: Trouble) -> Iterator[Opener]:
    """Opens a page in a context of its own: `opened("/recherche", width=360, javascript=False)`.

    At the end, whatever the test looked at, nothing may have troubled a page.
    """
    with opening(browser, site.url, trouble) as open_page:
        yield open_page


@contextmanager
def opening(browser: Browser, url: str, trouble: Trouble) -> Iterator[Opener]:
    """What opens pages of the service at that address, each as in another browser."""
    contexts: list[BrowserContext] = []

    def open_page(path: str = "/", *, width: int = 1280, javascript: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            base_url=url,
            locale="fr-FR",
            reduced_motion="reduce",
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        trouble.watch(page)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble.seen == []


@pytest.fixture(scope="session")
def whole(
    servers: Servers,
    worker_name: str,
    starter_template: str,
    _valkey: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Whole]:
    """The whole service, with its worker and its mails, on a database of its own."""
    name = f"escale_test_{servers.run}_{worker_name}_whole"
    database_url = run_async(databases.create(servers.database_url, name, starter_template))
    settings = Settings(database_url=database_url, valkey_url=_valkey)
    with whole_service(settings, tmp_path_factory.mktemp("whole")) as running:
        yield running


@pytest.fixture
def whole_opened(browser: Browser, whole: Whole) -> Iterator[Opener]:
    """Opens pages of the whole service, each as in another browser."""
    trouble = Trouble(whole.url, whole.provider.url)
    with opening(browser, whole.url, trouble) as open_page:
        yield open_page
