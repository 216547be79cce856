"""Who serves a company: its rights, and the one rule that always holds of them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from domain.errors import ConflictError
from domain.roles import Role

MAX_ASKED = 20
"""Companies that one account may be waiting to join: as many as a network's person handles at once."""
MAX_INVITED = 20
"""Invitations of one company that wait for an answer."""
NO_ADMIN = (
    "Il faut toujours au moins une personne qui administre l’entreprise. Confiez d’abord ce rôle à un "
    "collègue, puis recommencez."
)


def keep_an_admin(roles: Mapping[UUID, Role], changed: UUID, role: Role | None) -> None:
    """Raise `ConflictError` when giving somebody that role (None: removing them) leaves no admin.

    `roles` are those accepted now. A company that had no admin is not made worse.
    """
    after: Iterable[Role | None] = (role if user == changed else one for user, one in roles.items())
    if Role.COMPANY_ADMIN in roles.values() and Role.COMPANY_ADMIN not in after:
        raise ConflictError(NO_ADMIN)
