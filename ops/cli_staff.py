"""The commands about the platform's staff: only whoever holds the server appoints them."""

import asyncio
from typing import Annotated

import typer

from domain.errors import DomainError
from ops.cli_common import connected_settings, group, refusals
from ops.french import FrenchCommand

staff_app = group()
Email = Annotated[str, typer.Argument(metavar="ADRESSE", help="Adresse e-mail de la personne.")]


@staff_app.command(name="list", cls=FrenchCommand)
def list_() -> None:
    """Liste l’équipe de la plateforme."""
    from ops import staff

    with connected_settings() as complete:
        emails = asyncio.run(staff.listed(complete.database_url))
    for email in emails:
        print(email)
    if not emails:
        print("Personne pour l’instant : escale staff add ADRESSE.")


@staff_app.command(cls=FrenchCommand)
def add(email: Email) -> None:
    """Ajoute une personne à l’équipe : elle se connecte avec cette adresse."""
    from ops import staff

    with connected_settings() as complete, refusals(DomainError):
        asyncio.run(staff.add(complete.database_url, email))
    print("Ajoutée. Elle se connecte à /connexion, puis ouvre /gestion.")


@staff_app.command(cls=FrenchCommand)
def remove(email: Email) -> None:
    """Retire une personne de l’équipe et ferme ses sessions."""
    from ops import staff

    with connected_settings() as complete, refusals(DomainError):
        asyncio.run(staff.remove(complete.database_url, email))
    print("Retirée. Ses sessions sont fermées.")
