"""The commands about delivery: what was given up, trying it again, what the clock ran."""

import asyncio
from json import dumps
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from domain.errors import DomainError
from ops.cli_common import connected_settings, group, refusals
from ops.french import FrenchCommand

outbox_app = group()
_COLUMNS = ("Tâche", "Heure", "Prochaine", "Dernière", "Durée", "Traités", "Résultat")


@outbox_app.command(name="list", cls=FrenchCommand)
def listed(json: Annotated[bool, typer.Option("--json", help="Écrit du JSON.")] = False) -> None:
    """Montre les tâches mises de côté, avec leur raison, et les messages retenus."""
    from ops import outbox

    with connected_settings() as complete:
        found = asyncio.run(outbox.state(complete.database_url))
    if json:
        print(dumps(found.as_json(), ensure_ascii=False, indent=2, default=str))
        return
    for line in outbox.described(found):
        print(line)


@outbox_app.command(cls=FrenchCommand)
def retry(
    number: Annotated[int, typer.Argument(metavar="NUMÉRO", help="Numéro donné par « outbox list ».")] = 0,
    every: Annotated[bool, typer.Option("--all", help="Relance toutes les tâches mises de côté.")] = False,
) -> None:
    """Relance une tâche mise de côté, ou toutes."""
    from ops import outbox

    if bool(number) == every:
        typer.secho("Dites un numéro, ou --all.", err=True, fg=typer.colors.RED)
        raise typer.Exit(2)
    with connected_settings() as complete, refusals(DomainError):
        if every:
            print(f"Tâches relancées : {asyncio.run(outbox.retry_all(complete.database_url))}")
        else:
            asyncio.run(outbox.retry(complete.database_url, number))
            print("Tâche relancée.")


def schedule() -> None:
    """Montre ce que l’horloge lance, quand, et ce qu’ont donné les derniers passages."""
    from ops import outbox

    with connected_settings() as complete:
        lines = asyncio.run(outbox.clock(complete.database_url))
    table = Table(*_COLUMNS)
    for line in lines:
        table.add_row(*line)
    Console().print(table)
