"""The commands about the keys of what is encrypted, and of the seal."""

import asyncio
from typing import Annotated

import typer

from domain.errors import DomainError
from ops.cli_common import connected_settings, group, refusals
from ops.french import FrenchCommand

keys_app = group()


@keys_app.command(cls=FrenchCommand)
def new() -> None:
    """Écrit une clé faite au hasard, à mettre la première de ENCRYPTION_KEYS."""
    from clients.sealing import new_key

    print(new_key())


@keys_app.command(cls=FrenchCommand)
def seal(
    name: Annotated[str, typer.Option(help="Nom écrit dans le certificat.")] = "Cachet technique Escale",
    years: Annotated[int, typer.Option(min=1, max=30, help="Durée du certificat, en années.")] = 10,
) -> None:
    """Écrit la clé et le certificat du cachet des documents, à garder dans le fichier de SEAL_PEM."""
    from clients.seal_keys import new_seal_key
    from ops.transactions import now

    print(new_seal_key(name, now(), years).pem(), end="")


@keys_app.command(cls=FrenchCommand)
def rotate() -> None:
    """Chiffre tout à nouveau avec la première clé de ENCRYPTION_KEYS ; les autres ne servent plus ensuite."""
    from ops import keys

    with connected_settings() as complete, refusals(DomainError):
        print(f"Dossiers chiffrés à nouveau : {asyncio.run(keys.rotate(complete))}")
