"""Where a signed-in person works: the spaces of their roles, for the header and the account's page.

Read from the actor of the request alone: nothing is asked of PostgreSQL.
"""

from dataclasses import dataclass

from domain.roles import Actor, permissions_of


@dataclass(frozen=True, slots=True)
class Space:
    """A space, its name, and the `current` of the templates of its pages."""

    path: str
    label: str
    current: str


def spaces_of(actor: Actor | None) -> tuple[Space, ...]:
    """The spaces that some granted role opens, in the order of a day's work; none for a candidate."""
    if actor is None:
        return ()
    found = []
    agencies = [one for one, roles in actor.agencies.items() if permissions_of(roles)]
    if actor.agent:
        found.append(Space("/accompagnement", "J’accompagne", "people"))
        found.append(Space("/accompagnement/conventions", "Conventions", "desk"))
    if len(agencies) == 1:
        found.append(Space(f"/structure/{agencies[0]}", "Ma structure", "agency"))
    elif agencies:
        found.append(Space("/mes-structures", "Mes structures", "agency"))
    if actor.companies:
        label = "Mon entreprise" if len(actor.companies) == 1 else "Mes entreprises"
        found.append(Space("/entreprise", label, "company"))
    if actor.back_office:
        found.append(Space("/gestion", "Gestion", "back_office"))
    return tuple(found)
