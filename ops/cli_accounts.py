"""The command that deletes again what a restored backup brought back."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from domain.errors import DomainError
from ops.cli_common import connected_settings, group, refusals
from ops.french import FrenchCommand

accounts_app = group()


@accounts_app.callback()
def accounts() -> None:
    """Efface de nouveau ce qu’une sauvegarde a ramené."""


@accounts_app.command(cls=FrenchCommand)
def erase(
    user: Annotated[UUID, typer.Argument(metavar="NUMÉRO", help="Numéro que dit la ligne account.deleted.")],
) -> None:
    """Efface de nouveau un compte qu’une sauvegarde restaurée a ramené."""
    from ops import accounts as door

    with connected_settings() as complete, refusals(DomainError):
        asyncio.run(door.erase(complete, user))
    print("Effacé, avec tout ce qui concerne cette personne.")
