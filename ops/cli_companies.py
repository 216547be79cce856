"""The commands about companies: registrations to look at, companies to ban; one decision each."""

import asyncio
from typing import Annotated

import typer

from domain.errors import DomainError
from ops.cli_common import connected_settings, group, refusals
from ops.french import FrenchCommand

companies_app = group()


@companies_app.command(name="to-check", cls=FrenchCommand)
def to_check() -> None:
    """Liste les inscriptions qu’une personne doit vérifier."""
    from ops import review

    with connected_settings() as complete:
        items = asyncio.run(review.waiting(complete.database_url))
    for item in items:
        print(review.describe(item))
    if not items:
        print("Rien à vérifier.")


@companies_app.command(cls=FrenchCommand)
def approve(
    which: Annotated[str, typer.Argument(metavar="NUMÉRO", help="SIRET, ou numéro de l’inscription.")],
) -> None:
    """Publie une inscription vérifiée."""
    from ops import review

    with connected_settings() as complete, refusals(DomainError):
        print(f"Publiée : {asyncio.run(review.approve(complete.database_url, which))}")


@companies_app.command(cls=FrenchCommand)
def refuse(
    which: Annotated[str, typer.Argument(metavar="NUMÉRO", help="SIRET, ou numéro de l’inscription.")],
    reason: Annotated[str, typer.Option(prompt="Raison, que la personne lira", help="Raison du refus.")],
) -> None:
    """Refuse une inscription ; la personne reçoit la raison par courriel."""
    from ops import review

    with connected_settings() as complete, refusals(DomainError):
        print(f"Refusée : {asyncio.run(review.refuse(complete.database_url, which, reason))}")


@companies_app.command(cls=FrenchCommand)
def banned() -> None:
    """Liste les entreprises bannies, et pourquoi."""
    from ops import review

    with connected_settings() as complete:
        listed = asyncio.run(review.banned(complete.database_url))
    for company in listed:
        print(review.describe_banned(company))
    if not listed:
        print("Aucune entreprise n’est bannie.")


@companies_app.command(cls=FrenchCommand)
def ban(
    siret: Annotated[str, typer.Argument(metavar="SIRET", help="SIRET de l’entreprise.")],
    reason: Annotated[str, typer.Option(prompt="Raison, que l’entreprise lira", help="Raison.")],
) -> None:
    """Bannit une entreprise : retirée de la recherche, elle reçoit la raison et comment contester."""
    from ops import review

    with connected_settings() as complete, refusals(DomainError):
        print(f"Bannie : {asyncio.run(review.ban(complete.database_url, siret, reason))}")


@companies_app.command(cls=FrenchCommand)
def unban(siret: Annotated[str, typer.Argument(metavar="SIRET", help="SIRET de l’entreprise.")]) -> None:
    """Rétablit une entreprise bannie, telle qu’elle était ; elle reçoit un courriel."""
    from ops import review

    with connected_settings() as complete, refusals(DomainError):
        print(f"Rétablie : {asyncio.run(review.unban(complete.database_url, siret))}")
