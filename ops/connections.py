"""Which servers a command uses: those of the environment, the running demo's, or its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from data.session import is_gone
from ops.embedded import EmbeddedServers
from ops.running import STATE, running_demo
from settings import Settings


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
