"""The commands about the keys of what is encrypted."""

import asyncio

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
def rotate() -> None:
    """Chiffre tout à nouveau avec la première clé de ENCRYPTION_KEYS ; les autres ne servent plus ensuite."""
    from ops import keys

    with connected_settings() as complete, refusals(DomainError):
        print(f"Dossiers chiffrés à nouveau : {asyncio.run(keys.rotate(complete))}")
