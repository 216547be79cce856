"""The whole service on this machine: server, worker, mail server, mailbox page, identity provider."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ops.children import environment_of
from ops.mailbox import mail_sink
from settings import ROOT, Settings
from tests.api.conftest import free_port, wait_until_ready
from tests.clients.oidc_server import CLIENT, SECRET, Provider, provider
from tests.workers.worker_process import worker

_LOOKS, _EACH_MS = 120, 250


@contextmanager
def serving(settings: Settings) -> Iterator[Settings]:
    """A server of these settings on a free port, stopped at the end; gives them with its address."""
    port = free_port()
    complete = replace(settings, public_url=f"http://localhost:{port}")
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:application"]
    command += ["--port", str(port), "--log-level", "warning"]
    with subprocess.Popen(command, cwd=ROOT, env=environment_of(complete)) as process:
        try:
            wait_until_ready(complete.public_url, process)
            yield complete
        finally:
            process.terminate()
        assert process.wait(timeout=20) in {0, -signal.SIGTERM}, "the server did not stop when asked"


@dataclass(frozen=True, slots=True)
class Whole:
    """The service, and who answers for it outside."""

    url: str
    database_url: str
    provider: Provider


@contextmanager
def whole_service(settings: Settings, folder: Path) -> Iterator[Whole]:
    """Everything runs during the block; letters go to a folder that the mailbox page shows."""
    mailbox = folder / "mailbox"
    with mail_sink(mailbox) as smtp_url, provider() as known:
        told = replace(
            settings,
            environment="test",
            smtp_url=smtp_url,
            mail_allow="*",
            mailbox_path=str(mailbox),
            storage_url=(folder / "documents").as_uri(),
            relay_domain="reponse.escale.example",
            sirene_url="http://127.0.0.1:9",
            sirene_timeout_s=0.2,
            geocoding_url="http://127.0.0.1:9",
            proconnect_url=known.url,
            proconnect_client_id=CLIENT,
            proconnect_client_secret=SECRET,
            mails_per_hour=100_000,
            registrations_per_hour=100_000,
        )
        with serving(told) as complete, worker(complete, folder) as one:
            yield Whole(complete.public_url, complete.database_url, known)
            assert one.stop() == 0


def newest_link(page: Page, email: str, path: str) -> str:
    """The newest link of that path in a letter to that address, in the mailbox; empty when there is none."""
    page.goto("/boite-aux-lettres")
    for text in page.locator(".letter").all_inner_texts():
        found = re.search(rf"http\S+({re.escape(path)}[\w-]+)", text)
        if f"Pour {email}" in text and found:
            return found[1]
    return ""


def letter_link(page: Page, email: str, path: str, *, but: str = "") -> str:
    """The same, waited for; `but` is an older one."""
    for _ in range(_LOOKS):
        found = newest_link(page, email, path)
        page.wait_for_timeout(_EACH_MS)  # a letter leaves just before its link is committed
        if found not in {"", but}:
            return found
    pytest.fail(f"no letter to {email} with {path}")


def ask_link(page: Page, email: str) -> None:
    """From the form that is shown."""
    page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir le lien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Regardez vos e-mails")


def sign_in(page: Page, email: str, start: str = "/connexion") -> None:
    """By mail, from that page, which leads to the form."""
    before = newest_link(page, email, "/connexion/lien/")
    page.goto(start)
    ask_link(page, email)
    page.goto(letter_link(page, email, "/connexion/lien/", but=before))
    page.get_by_role("button", name="Me connecter").click()
    expect(page.locator("header a[href='/compte']").first).to_be_visible()
