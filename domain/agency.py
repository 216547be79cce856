"""Prescribing structures: kinds, statuses, and the rules of who serves them (domain.md §7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from domain.roles import Role


class AgencyKind(StrEnum):
    """What a structure is; what public files name otherwise is `autre`, with their label."""

    FRANCE_TRAVAIL = "france_travail"
    MISSION_LOCALE = "mission_locale"
    CAP_EMPLOI = "cap_emploi"
    CONSEIL_DEPARTEMENTAL = "conseil_departemental"
    STRUCTURE_IAE = "structure_iae"
    OPERATEUR_CEP = "operateur_cep"
    PLIE = "plie"
    CCAS = "ccas"
    FONCTION_PUBLIQUE = "fonction_publique"
    CCI = "cci"
    CMA = "cma"
    CHAMBRE_AGRICULTURE = "chambre_agriculture"
    AUTRE = "autre"


class AgencyStatus(StrEnum):
    """Where a structure stands; only an active one is proposed, and grants anything."""

    TO_REVIEW = "to_review"
    ACTIVE = "active"
    REJECTED = "rejected"
    CLOSED = "closed"


KIND_LABELS = {
    AgencyKind.FRANCE_TRAVAIL: "France Travail",
    AgencyKind.MISSION_LOCALE: "Mission locale",
    AgencyKind.CAP_EMPLOI: "Cap emploi",
    AgencyKind.CONSEIL_DEPARTEMENTAL: "Conseil départemental",
    AgencyKind.STRUCTURE_IAE: "Structure d’insertion par l’activité économique",
    AgencyKind.OPERATEUR_CEP: "Opérateur du conseil en évolution professionnelle",
    AgencyKind.PLIE: "Plan local pour l’insertion et l’emploi (PLIE)",
    AgencyKind.CCAS: "Centre communal d’action sociale (CCAS)",
    AgencyKind.FONCTION_PUBLIQUE: "Fonction publique",
    AgencyKind.CCI: "Chambre de commerce et d’industrie",
    AgencyKind.CMA: "Chambre de métiers et de l’artisanat",
    AgencyKind.CHAMBRE_AGRICULTURE: "Chambre d’agriculture",
    AgencyKind.AUTRE: "Autre structure",
}
STATUS_LABELS = {
    AgencyStatus.TO_REVIEW: "À vérifier",
    AgencyStatus.ACTIVE: "Active",
    AgencyStatus.REJECTED: "Refusée",
    AgencyStatus.CLOSED: "Fermée",
}


@dataclass(frozen=True, slots=True)
class Member:
    """One account's roles in an agency, and whether it is sent what waits for it."""

    roles: frozenset[Role]
    notified: bool = True


def is_two_step(members: Iterable[Member]) -> bool:
    """Whether a counsellor is notified: conventions are then pre-approved before they are validated."""
    return any(Role.COUNSELLOR in one.roles and one.notified for one in members)


def lacks(members: Collection[Member], *, referred: Collection[Member] | None = None) -> tuple[Role, ...]:
    """Roles an active agency needs and has not: an admin, and somebody notified who validates.

    `referred` are the members of the agency it refers to (None: it validates itself); the small one
    then needs a notified counsellor of its own, and the other one the validator.
    """
    missing = []
    if not any(Role.AGENCY_ADMIN in one.roles for one in members):
        missing.append(Role.AGENCY_ADMIN)
    if referred is not None and not is_two_step(members):
        missing.append(Role.COUNSELLOR)
    validating = members if referred is None else referred
    if not any(Role.VALIDATOR in one.roles and one.notified for one in validating):
        missing.append(Role.VALIDATOR)
    return tuple(missing)
