"""Prescribing structures: kinds, statuses, and the rules of who serves them (domain.md §7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
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


class Situation(StrEnum):
    """What a person is when they ask who can accompany them (domain.md §3, status of the person)."""

    JOB_SEEKER = "job_seeker"
    YOUNG = "young"
    RSA = "rsa"
    RQTH = "rqth"
    EMPLOYEE = "employee"
    SIAE_EMPLOYEE = "siae_employee"
    PUPIL = "pupil"
    OTHER = "other"


SITUATION_LABELS = {
    Situation.JOB_SEEKER: "Je cherche un emploi",
    Situation.YOUNG: "J’ai moins de 26 ans et je ne suis plus à l’école",
    Situation.RSA: "Je reçois le RSA",
    Situation.RQTH: "J’ai une reconnaissance de travailleur handicapé (RQTH)",
    Situation.EMPLOYEE: "J’ai un emploi",
    Situation.SIAE_EMPLOYEE: "Je travaille dans une structure d’insertion",
    Situation.PUPIL: "Je suis élève",
    Situation.OTHER: "Autre situation",
}

PUBLIC_LABELS = {
    Situation.JOB_SEEKER: "Personnes en recherche d’emploi",
    Situation.YOUNG: "Jeunes de moins de 26 ans sortis de l’école",
    Situation.RSA: "Personnes au RSA",
    Situation.RQTH: "Personnes avec une reconnaissance de travailleur handicapé (RQTH)",
    Situation.EMPLOYEE: "Personnes en emploi",
    Situation.SIAE_EMPLOYEE: "Salariés d’une structure d’insertion",
    Situation.PUPIL: "Élèves",
    Situation.OTHER: "Situation non dite, ou autre",
}
"""The same publics, as an agency speaks of those it accompanies."""
_K = AgencyKind
_CHAMBERS = (_K.CCI, _K.CMA, _K.CHAMBRE_AGRICULTURE)
_LOCAL = (_K.PLIE, _K.CCAS, _K.AUTRE)
KINDS_FOR: dict[Situation, tuple[AgencyKind, ...]] = {
    Situation.JOB_SEEKER: (_K.FRANCE_TRAVAIL, *_LOCAL),
    Situation.YOUNG: (_K.MISSION_LOCALE, _K.FRANCE_TRAVAIL, *_LOCAL),
    Situation.RSA: (_K.CONSEIL_DEPARTEMENTAL, _K.FRANCE_TRAVAIL, *_LOCAL),
    Situation.RQTH: (_K.CAP_EMPLOI, _K.FRANCE_TRAVAIL, *_LOCAL),
    Situation.EMPLOYEE: (_K.OPERATEUR_CEP, _K.FONCTION_PUBLIQUE, _K.FRANCE_TRAVAIL, _K.AUTRE),
    Situation.SIAE_EMPLOYEE: (_K.STRUCTURE_IAE, _K.FRANCE_TRAVAIL, *_LOCAL),
    Situation.PUPIL: (*_CHAMBERS, _K.AUTRE),
    Situation.OTHER: tuple(_K),
}
"""Who accompanies whom, the nearest mission first (Code du travail L5135-2: prescribers and their publics;
Code de l'éducation L332-3-2: the chambers, for pupils). A kind that is not listed is not proposed."""


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


_NEEDED = {
    Role.AGENCY_ADMIN: "une personne qui l’administre",
    Role.COUNSELLOR: "un conseiller ou une conseillère qui reçoit les messages",
    Role.VALIDATOR: "une personne qui valide les conventions et reçoit les messages",
}
_VALIDATED_ELSEWHERE = "une personne qui valide, dans la structure qui valide pour elle"


def said_missing(missing: Iterable[Role], *, refers: bool) -> str:
    """What `lacks` found, as a French list; `refers` when another agency validates for it."""
    named = _NEEDED | ({Role.VALIDATOR: _VALIDATED_ELSEWHERE} if refers else {})
    return " ; ".join(named[role] for role in missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether an agency may validate on a day."""

    status: AgencyStatus
    delegation_ends_on: date | None = None
    """The last day of its delegation; None when it needs none."""


def can_validate(agency: Standing, day: date, *, referred: Standing | None = None) -> bool:
    """Whether conventions of this agency can be validated on that day.

    A delegation that ended validates no more; one that refers to another (`referred`) does not validate by
    itself, so the other's counts, and not its own (domain.md, §5 and §7).
    """
    validating = referred or agency
    if {agency.status, validating.status} != {AgencyStatus.ACTIVE}:
        return False
    return validating.delegation_ends_on is None or day <= validating.delegation_ends_on


REMINDERS = (timedelta(days=30), timedelta(days=91))
"""How long before the end of a delegation its admins are reminded: a month, three months (domain.md §7)."""


def reminder_due(ends_on: date, day: date, last: timedelta | None) -> timedelta | None:
    """The reminder to send on that day, None when there is none; `last` is the one sent before.

    A worker that slept catches up with the nearest one only, and an ended delegation is not announced.
    """
    left = ends_on - day
    if left < timedelta():
        return None
    due = next((before for before in REMINDERS if left <= before), None)
    return due if due and (last is None or due < last) else None
