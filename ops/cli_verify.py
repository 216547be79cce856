"""The command that verifies conventions."""

import asyncio
from typing import Annotated

import typer

from domain.errors import DomainError
from ops.cli_common import JsonFile, connected_settings, keep, refusals


def verify(
    reference: Annotated[str, typer.Argument(metavar="RÉFÉRENCE", help="D’une convention, ou « all ».")],
    json: JsonFile = None,
) -> None:
    """Vérifie une convention, ou toutes : récit chaîné, textes, signatures, décisions, fichiers scellés."""
    from ops import verify_conventions

    with connected_settings() as complete, refusals(DomainError):
        found = asyncio.run(verify_conventions.run(complete, reference))
    keep(verify_conventions.as_json(found), json)
    for line in verify_conventions.described(found):
        print(line)
    if verify_conventions.broken(found):
        raise typer.Exit(1)
