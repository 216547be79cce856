"""The demo that runs in this checkout, as other commands find it. Light: a refusal takes no time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from ops.locks import held, holder
from settings import ROOT

STATE = ROOT / ".escale"
DEMO_LOCK = STATE / "demo.lock"
_RUNNING = STATE / "running.json"


class NotReadyError(Exception):
    """The demo is starting: its servers cannot be used yet. The message is in French."""


class DemoRunsError(Exception):
    """A demo runs, or starts, in this checkout; the message says in French where."""


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


def refuse_second() -> None:
    """Raise `DemoRunsError` when a living process runs the demo here."""
    pid = holder(DEMO_LOCK) if held(DEMO_LOCK) else 0
    if pid:
        raise second(pid)


def second(pid: int) -> DemoRunsError:
    """What to tell whoever starts a demo beside that of process `pid`."""
    try:
        demo = running_demo()
    except NotReadyError:
        demo = None
    if demo is None:
        return DemoRunsError(f"Escale démarre déjà dans ce dossier (processus {pid}).")
    return DemoRunsError(f"Escale tourne déjà dans ce dossier : {demo.address} (processus {pid}).")
