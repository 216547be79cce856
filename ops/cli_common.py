"""What the files of the command line share: its settings, its servers, its refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from json import dumps
from pathlib import Path
from typing import Annotated, Any

import typer

from ops.french import FrenchGroup
from settings import Settings, SettingsError

JsonFile = Annotated[Path | None, typer.Option("--json", help="Écrit aussi les mesures dans ce fichier.")]


def group() -> typer.Typer:
    """An empty group of commands."""
    return typer.Typer(cls=FrenchGroup, no_args_is_help=True)


@contextmanager
def refusals(*kinds: type[Exception]) -> Iterator[None]:
    """Print the French message of an expected error, and exit with code 1."""
    try:
        yield
    except kinds as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        raise typer.Exit(1) from None


def read_settings() -> Settings:
    """The environment's settings; exits with a message when one is wrong."""
    with refusals(SettingsError):
        return Settings.from_env()


def keep(result: dict[str, Any], path: Path | None) -> None:
    """Write what was measured or done to a file, when one is given."""
    if path:
        path.write_text(dumps(result, ensure_ascii=False, indent=2, default=str) + "\n")


@contextmanager
def connected_settings() -> Iterator[Settings]:
    """The settings with both addresses filled while the block runs; exits when no server answers."""
    from ops.connections import NoDatabaseError, connected, database_expected
    from ops.locks import AlreadyRunningError
    from ops.running import NotReadyError
    from ops.server_files import EmbeddedError

    expected = (NotReadyError, AlreadyRunningError, EmbeddedError, NoDatabaseError)
    with refusals(*expected), connected(read_settings()) as complete, database_expected():
        yield complete
