"""The commands about the sealed files of conventions."""

import asyncio

import typer

from domain.errors import DomainError
from ops.cli_common import JsonFile, connected_settings, group, keep, refusals
from ops.french import FrenchCommand

documents_app = group()


@documents_app.command(cls=FrenchCommand)
def check(json: JsonFile = None) -> None:
    """Dit si le fichier de chaque convention scellée est à sa place et entier ; ne change rien."""
    _walk(json, rebuild=False)


@documents_app.command(cls=FrenchCommand)
def rebuild(json: JsonFile = None) -> None:
    """Refait à l’identique les fichiers absents ou changés, et les remet à leur place."""
    _walk(json, rebuild=True)


def _walk(json: JsonFile, *, rebuild: bool) -> None:
    from ops import documents

    with connected_settings() as complete, refusals(DomainError):
        walk = asyncio.run(documents.run(complete, rebuild=rebuild))
    keep(documents.as_json(walk), json)
    for line in documents.described(walk):
        print(line)
    if walk.wrong:
        raise typer.Exit(1)
