"""The whole service in one foreground process, on this machine, from nothing.

Servers, migrations, referentials, mail sink, API, worker; then it watches over them until it is
asked to stop, and leaves behind only the data in `.escale/`.
"""

import contextlib
import http.client
import secrets
import shutil
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType

from domain.errors import BadFileError
from ops import migrate
from ops.children import Child
from ops.connections import NoDatabaseError, database_expected
from ops.embedded import EmbeddedServers, Server, erase
from ops.locks import AlreadyRunningError, FileLock
from ops.mailbox import mail_sink
from ops.references import load_when_empty
from ops.running import DEMO_LOCK, STATE, Running, announced, second
from settings import Settings

MAILBOX = STATE / "mailbox"
LOGS = STATE / "log"
DOCUMENTS = STATE / "documents"
_RELAY_DOMAIN = "reponse.escale.example"
"""Of the addresses that letters are answered at, from the mailbox's page."""
_READY_S = 120.0
_WATCH_S = 0.3


class DemoError(Exception):
    """The demo cannot start; the message says in French what to do."""


class _StopAskedError(BaseException):
    """Ctrl-C, SIGTERM or a closed terminal, wherever it finds us."""


def run(settings: Settings, *, fresh: bool) -> None:
    """Run until asked to stop; raises `DemoError` when something prevents it from starting."""
    with contextlib.suppress(_StopAskedError), _stoppable(), _explained(), contextlib.ExitStack() as stack:
        STATE.mkdir(mode=0o711, exist_ok=True)
        _take_lock(stack)
        _check_port(settings.port)
        if fresh:
            _start_anew()
        own = not settings.database_url
        servers, settings = _servers(stack, settings)
        settings = _demo_settings(stack, settings)
        _say("Migrations de la base")
        migrate.upgrade(settings.database_url)
        load_when_empty(settings, _say)
        accounts = _people(settings, own=own)
        children = _children(stack, settings)
        _wait_until_ready(settings, children[0])
        address = settings.public_url
        stack.enter_context(announced(Running(address, settings.database_url, settings.valkey_url)))
        _say(f"\nEscale est prête : {address}")
        _say(f"  boîte aux lettres : {address}/boite-aux-lettres (fichiers dans {MAILBOX})")
        for email, who in accounts:
            _say(f"  compte à essayer : {email} ({who})")
        _say(f"  journaux : {LOGS}")
        _say("  Ctrl-C arrête tout ; les données restent dans .escale/ (« demo --fresh » repart de zéro).")
        _watch(servers, children)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """The first signal unwinds us; the following ones do not disturb the unwinding."""

    def ask(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal's signature
        for name in numbers:
            signal.signal(name, signal.SIG_IGN)
        print("\nArrêt…", flush=True)
        raise _StopAskedError

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup asks to outlive the terminal
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Say in French what the machine refuses."""
    try:
        with database_expected():
            yield
    except PermissionError as error:
        raise DemoError(
            f"Accès refusé à {error.filename} : un autre utilisateur, root peut-être, a lancé Escale ici. "
            f"Rendez-vous le dossier avec « sudo chown -R $(id -un) {STATE} »."
        ) from error
    except (NoDatabaseError, BadFileError) as error:
        raise DemoError(str(error)) from error


def _take_lock(stack: contextlib.ExitStack) -> None:
    try:
        stack.enter_context(FileLock(DEMO_LOCK))
    except AlreadyRunningError as error:
        raise second(error.pid) from None


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise DemoError(
                f"Le port {port} est déjà pris par un autre programme : arrêtez-le, ou choisissez un autre "
                f"port, par exemple « PORT={port + 1} ./escale demo »."
            ) from None


def _start_anew() -> None:
    try:
        erase(STATE)
    except AlreadyRunningError as error:
        raise DemoError(f"Le processus {error.pid} se sert des données : arrêtez-le d’abord.") from None
    for folder in (MAILBOX, LOGS, DOCUMENTS):
        shutil.rmtree(folder, ignore_errors=True)
    _say("Données précédentes effacées")


def _servers(stack: contextlib.ExitStack, settings: Settings) -> tuple[list[Server], Settings]:
    """Start the embedded servers that the settings do not replace; returns those to watch over."""
    postgres, valkey = not settings.database_url, not settings.valkey_url
    if not (postgres or valkey):
        _say("Serveurs : ceux de DATABASE_URL et VALKEY_URL")
        return [], settings
    _say("PostgreSQL et Valkey embarqués" if postgres and valkey else "Serveur embarqué")
    try:
        embedded = stack.enter_context(EmbeddedServers(STATE, postgres=postgres, valkey=valkey))
    except AlreadyRunningError as error:
        raise DemoError(
            f"Une autre commande escale (processus {error.pid}) se sert des données de ce dossier : "
            "attendez qu’elle finisse."
        ) from None
    watched = [embedded.postgres] * postgres + [embedded.valkey] * valkey
    return watched, replace(
        settings,
        database_url=settings.database_url or embedded.database_url,
        valkey_url=settings.valkey_url or embedded.valkey_url,
    )


def _demo_settings(stack: contextlib.ExitStack, settings: Settings) -> Settings:
    defaults = Settings()
    address = f"http://localhost:{settings.port}"
    return replace(
        settings,
        environment="demo",
        public_url=address if settings.public_url == defaults.public_url else settings.public_url,
        secret_key=_secret() if settings.secret_key == defaults.secret_key else settings.secret_key,
        smtp_url=stack.enter_context(mail_sink(MAILBOX)),
        mailbox_path=str(MAILBOX),
        storage_url=DOCUMENTS.as_uri()
        if settings.storage_url == defaults.storage_url
        else settings.storage_url,
        relay_domain=settings.relay_domain or _RELAY_DOMAIN,
    )


def _people(settings: Settings, *, own: bool) -> list[tuple[str, str]]:
    """Invented people, only in a database of this folder: address of each, and who it is."""
    if not own:
        return []
    # Services take a second to import: a demo that cannot start says so at once.
    from ops.demo_people import add_people  # noqa: PLC0415

    return [(one.email, one.who) for one in add_people(settings, MAILBOX)]


def _secret() -> str:
    """This checkout's own key, made once: sessions outlive a restart."""
    path = STATE / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def _children(stack: contextlib.ExitStack, settings: Settings) -> list[Child]:
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir(mode=0o700)
    children = [
        Child("serve", ["serve", "--port", str(settings.port)], settings, LOGS / "api.log"),
        Child("worker", ["worker"], settings, LOGS / "worker.log"),
    ]
    _say("API et travailleur")
    for child in children:
        stack.callback(child.stop)
        child.start()
    return children


def _wait_until_ready(settings: Settings, api: Child) -> None:
    deadline = time.monotonic() + _READY_S
    while not _healthy(settings.port):
        if not api.running or time.monotonic() > deadline:
            raise DemoError(f"L’API ne démarre pas. Fin de son journal ({api.log}) :\n{api.tail()}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v1/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _watch(servers: list[Server], children: list[Child]) -> None:
    while True:
        time.sleep(_WATCH_S)
        for server in servers:
            if not server.running:
                _say("Un serveur embarqué s’est arrêté : il redémarre.")
                server.start()
        for child in children:
            child.revive(_say)


def _say(text: str) -> None:
    print(text, flush=True)
