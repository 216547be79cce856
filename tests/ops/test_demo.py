"""`escale demo` in a copy of the tree: it starts, watches over its children, and leaves nothing."""

import http.client
import json
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from settings import ROOT
from tests.ops.processes import alive, wait_until_dead

_FOLDERS = ("api", "clients", "data", "domain", "matching", "migrations", "ops", "services", "workers")
_READY_S = 90
_FREE_PORTS = {"DATABASE_URL", "VALKEY_URL", "ESCALE_REFERENCE", "PUBLIC_URL"}


class Demo:
    """One demo process and what it printed so far."""

    def __init__(self, copy: Path, port: int, *options: str) -> None:
        self.lines: list[str] = []
        self.address = f"http://localhost:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ops.cli", "demo", *options],
            cwd=copy,
            env=_environment(copy, port),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_for(self, words: str) -> str:
        """Read lines until one has these words; fail when the output ends first."""
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if words in line:
                return line
        pytest.fail(f"« {words} » was never said:\n" + "\n".join(self.lines))

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and wait for the end; returns the exit code."""
        self.process.send_signal(number)
        output = self.process.communicate(timeout=30)[0]
        self.lines += output.splitlines()
        return self.process.returncode


def _environment(copy: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _FREE_PORTS}  # noqa: TID251
    return {
        **kept,
        "PYTHONPATH": str(copy),
        "PORT": str(port),
        "TMPDIR": str(copy.parent / "tmp"),
        "SIRENE_URL": "http://127.0.0.1:9",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def copy() -> Iterator[Path]:
    """The code in a folder of its own, with a temporary folder beside it that tells what is left."""
    with tempfile.TemporaryDirectory(prefix="d") as name:
        base = Path(name)
        base.chmod(0o711)
        (base / "tmp").mkdir()
        (base / "tmp").chmod(0o1777)
        tree = base / "escale"
        tree.mkdir()
        for folder in _FOLDERS:
            shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
        for module in ("settings.py", "logs.py"):
            shutil.copy(ROOT / module, tree)
        (tree / "node_modules").symlink_to(ROOT / "node_modules")
        yield tree


def _descendants(pid: int) -> list[int]:
    listing = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    children = [int(child) for child in listing]
    return children + [grandchild for child in children for grandchild in _descendants(child)]


def _status(address: str) -> int:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status
    finally:
        connection.close()


def _left(copy: Path) -> set[str]:
    """What is in the temporary folder, and the locks and announcements in `.escale/`."""
    state = {path.name for path in (copy / ".escale").iterdir()}
    return {path.name for path in (copy.parent / "tmp").iterdir()} | (
        state - {"servers", "mailbox", "log", "secret_key", "documents"}
    )


def test_it_starts_watches_and_stops_without_a_trace(copy: Path) -> None:
    demo = Demo(copy, _free_port())
    began = time.monotonic()
    assert demo.address in demo.wait_for("Escale est prête")
    assert time.monotonic() - began < _READY_S
    assert _status(demo.address) == 200
    assert json.loads((copy / ".escale" / "running.json").read_text())["address"] == demo.address
    pids = _descendants(demo.process.pid)
    worker = next(pid for pid in pids if "worker" in Path(f"/proc/{pid}/cmdline").read_text())
    postgres = next(pid for pid in pids if Path(f"/proc/{pid}/comm").read_text() == "postgres\n")

    _accounts_are_said_and_open_by_the_mailbox(demo)
    _second_start_is_refused(demo, copy)
    _other_commands_use_its_servers(copy)
    _mail_becomes_private_files(worker, copy)
    os.kill(worker, signal.SIGKILL)
    assert "« worker »" in demo.wait_for("s’est arrêté (code -9)")
    os.kill(postgres, signal.SIGKILL)
    demo.wait_for("Un serveur embarqué s’est arrêté")
    deadline = time.monotonic() + 20
    while _status(demo.address) != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)

    pids += _descendants(demo.process.pid)
    assert demo.end(signal.SIGINT) == 0
    wait_until_dead(pids, 1)
    assert _left(copy) == set()


def _accounts_are_said_and_open_by_the_mailbox(demo: Demo) -> None:
    """Each account that was printed opens its own page by the ordinary link, and finds people there."""
    demo.wait_for("journaux")
    said = [line.split()[4] for line in demo.lines if "compte à essayer" in line]
    shown = {
        "lucas@": ("/compte/accompagnement", "Nadia Benali"),
        "nadia@": ("/accompagnement", "En cours (2)"),
        "karim@": ("/mes-structures", "Mission locale des Trois Rivières"),
        "malo.": ("/entreprise", "Une personne demande"),
        "equipe@": ("/gestion/structures", "PLIE de la Seille"),
    }
    assert len(said) == len(shown)
    for email in said:
        path, words = next(shown[start] for start in shown if email.startswith(start))
        with httpx.Client(base_url=demo.address, follow_redirects=True, timeout=20) as browser:
            assert email in browser.get("/boite-aux-lettres").text
            assert "Regardez vos e-mails" in browser.post("/connexion", data={"email": email}).text
            browser.post(_link_of(browser, email))
            assert words in browser.get(path).text
            if email.startswith("lucas@"):
                _a_convention_is_sealed(browser)


def _a_convention_is_sealed(browser: httpx.Client) -> None:
    """The candidate finds a validated convention, whose file is right."""
    found = re.search(r"/conventions/[0-9a-f-]{36}", browser.get("/conventions").text)
    assert found is not None
    deadline = time.monotonic() + 60
    while (answer := browser.get(f"{found[0]}/document.pdf")).status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    verified = browser.post("/verifier", files={"file": ("c.pdf", answer.content, "application/pdf")})
    assert "Le fichier est le bon" in verified.text


def _link_of(browser: httpx.Client, email: str) -> str:
    """The sign-in link of the letter to that address, as the mailbox page shows it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        letters = browser.get("/boite-aux-lettres").text.split('<li class="block letter">')[1:]
        mine = "".join(one for one in letters if f"Pour {email}" in one)
        if found := re.search(r"/connexion/lien/[\w-]+", mine):
            return found[0]
        time.sleep(0.2)
    pytest.fail(f"no link reached {email}")


def _second_start_is_refused(demo: Demo, copy: Path) -> None:
    second = Demo(copy, _free_port())
    assert second.process.wait(20) == 1
    assert demo.address in second.wait_for("tourne déjà dans ce dossier")
    second.process.communicate()


def _other_commands_use_its_servers(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ops.cli", "companies", "to-check"],
        cwd=copy,
        env=_environment(copy, _free_port()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "Rien à vérifier.\n"


def _mail_becomes_private_files(worker: int, copy: Path) -> None:
    variables = Path(f"/proc/{worker}/environ").read_text().split("\0")
    address = next(pair for pair in variables if pair.startswith("SMTP_URL=smtp://"))
    host, port = address.removeprefix("SMTP_URL=smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as client:
        client.sendmail("a@escale.example", ["b@escale.example"], b"Subject: essai\r\n\r\nBonjour.\r\n")
    mailbox = copy / ".escale" / "mailbox"
    (message,) = (one for one in mailbox.glob("*.eml") if b"Subject: essai" in one.read_bytes())
    assert mailbox.stat().st_mode & 0o777 == 0o700
    assert message.stat().st_mode & 0o777 == 0o600


def test_a_killed_demo_takes_everything_with_it_and_starts_afresh(copy: Path) -> None:
    demo = Demo(copy, _free_port())
    demo.wait_for("Escale est prête")
    pids = _descendants(demo.process.pid)
    assert len([pid for pid in pids if alive(pid)]) > 3
    assert demo.end(signal.SIGKILL) == -9
    wait_until_dead(pids)
    again = Demo(copy, _free_port(), "--fresh")
    again.wait_for("Données précédentes effacées")
    again.wait_for("Données de départ")
    again.wait_for("Escale est prête")
    assert not any(b"Subject: essai" in one.read_bytes() for one in (copy / ".escale" / "mailbox").iterdir())
    again.wait_for("compte à essayer")
    assert again.end(signal.SIGTERM) == 0
    assert _left(copy) == set()


def test_a_busy_port_is_said(copy: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = Demo(copy, port)
        assert f"PORT={port + 1} ./escale demo" in demo.wait_for("port")
        assert demo.process.wait(10) == 1
        demo.process.communicate()
    assert _left(copy) == set()


def test_stopping_while_it_starts_leaves_nothing(copy: Path) -> None:
    demo = Demo(copy, _free_port())
    demo.wait_for("PostgreSQL et Valkey")
    time.sleep(0.3)
    assert demo.end(signal.SIGTERM) == 0
    assert _left(copy) == set()
