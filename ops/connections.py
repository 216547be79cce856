"""Which servers a command uses: those of the environment, the running demo's, or its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from data.session import is_gone
from ops.embedded import EmbeddedServers
from ops.locks import held
from settings import ROOT, Settings

STATE = ROOT / ".escale"
DEMO_LOCK = STATE / "demo.lock"
_RUNNING = STATE / "running.json"


class NotReadyError(Exception):
    """The demo is starting: its servers cannot be used yet. The message is in French."""


class NoDatabaseError(Exception):
    """PostgreSQL does not answer at the address given. The message is in French."""


@contextmanager
def database_expected() -> Iterator[None]:
    """Turn what the driver says of an absent server into a sentence that says what to do."""
    try:
        yield
    except PermissionError:
        raise
    except Exception as error:
        if not (isinstance(error, OSError) or is_gone(error)):
            raise
        said = str(error).split("\n", 1)[0]
        raise NoDatabaseError(
            f"La base de données ne répond pas ({type(error).__name__} : {said}). Vérifiez DATABASE_URL."
        ) from error


@dataclass(frozen=True, slots=True)
class Running:
    """What a running demo tells the other commands of its checkout."""

    address: str
    database_url: str
    valkey_url: str


@contextmanager
def announced(running: Running) -> Iterator[None]:
    """Tell the other commands where the demo is, while the block runs."""
    draft = _RUNNING.with_suffix(".part")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(running)))
    draft.rename(_RUNNING)
    try:
        yield
    finally:
        _RUNNING.unlink(missing_ok=True)


def running_demo() -> Running | None:
    """The demo that runs in this checkout, once its servers answer."""
    if not held(DEMO_LOCK):
        return None
    try:
        return Running(**json.loads(_RUNNING.read_text()))
    except FileNotFoundError:
        raise NotReadyError("La démonstration démarre dans ce dossier : réessayez dans un instant.") from None


@contextmanager
def connected(settings: Settings, state: Path = STATE) -> Iterator[Settings]:
    """The settings with both addresses filled, for as long as the block runs."""
    if settings.database_url and settings.valkey_url:
        yield settings
        return
    demo = running_demo()
    if demo:
        yield _filled(settings, demo.database_url, demo.valkey_url)
        return
    wanted = {"postgres": not settings.database_url, "valkey": not settings.valkey_url}
    with EmbeddedServers(state, **wanted) as servers:
        yield _filled(settings, servers.database_url, servers.valkey_url)


def _filled(settings: Settings, database_url: str, valkey_url: str) -> Settings:
    return replace(
        settings,
        database_url=settings.database_url or database_url,
        valkey_url=settings.valkey_url or valkey_url,
    )
