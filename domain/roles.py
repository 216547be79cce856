"""Who may do what: the roles of domain.md §1, one table from role to permissions, one function that asks it.

A route declares a `Right`, checked before it runs; a use case on one object asks `require` with the
object's agency or company. A stranger to an object learns nothing of it (not found); a member without
the permission is told why. A right that waits for its grant (`to_review`, `pending`) gives nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from domain.errors import ForbiddenError, NotFoundError, SignInError


class Role(StrEnum):
    """A right of one account on one agency or one company, or on the platform."""

    COUNSELLOR = "counsellor"
    VALIDATOR = "validator"
    AGENCY_ADMIN = "agency_admin"
    AGENCY_VIEWER = "agency_viewer"
    TO_REVIEW = "to_review"
    COMPANY_ADMIN = "company_admin"
    COMPANY_CONTACT = "company_contact"
    BACK_OFFICE = "back_office"


AGENCY_ROLES = (Role.COUNSELLOR, Role.VALIDATOR, Role.AGENCY_ADMIN, Role.AGENCY_VIEWER)
"""Roles that an agency's admin grants; `to_review` waits for one of them."""
COMPANY_ROLES = (Role.COMPANY_ADMIN, Role.COMPANY_CONTACT)

ROLE_LABELS = {
    Role.COUNSELLOR: "Conseiller ou conseillère : accompagne, pré-valide",
    Role.VALIDATOR: "Valideur ou valideuse : valide les conventions",
    Role.AGENCY_ADMIN: "Administration : gère la structure et ses membres",
    Role.AGENCY_VIEWER: "Lecture seule",
    Role.TO_REVIEW: "En attente d’accord",
    Role.COMPANY_ADMIN: "Administration : gère l’entreprise et ses membres",
    Role.COMPANY_CONTACT: "Contact : répond aux demandes",
    Role.BACK_OFFICE: "Équipe de la plateforme",
}


class Permission(StrEnum):
    """What can be done to an agency, a company, the people they know, or the platform."""

    AGENCY_READ = "agency.read"
    AGENCY_EDIT = "agency.edit"
    AGENCY_MEMBERS = "agency.members"
    ACCOMPANY = "agency.accompany"
    PRE_APPROVE = "convention.pre_approve"
    VALIDATE = "convention.validate"
    COMPANY_READ = "company.read"
    COMPANY_ANSWER = "company.answer"
    COMPANY_EDIT = "company.edit"
    COMPANY_MEMBERS = "company.members"
    PLATFORM = "platform"


_P = Permission
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.COUNSELLOR: frozenset({_P.AGENCY_READ, _P.ACCOMPANY, _P.PRE_APPROVE}),
    Role.VALIDATOR: frozenset({_P.AGENCY_READ, _P.ACCOMPANY, _P.VALIDATE}),
    Role.AGENCY_ADMIN: frozenset({_P.AGENCY_READ, _P.AGENCY_EDIT, _P.AGENCY_MEMBERS}),
    Role.AGENCY_VIEWER: frozenset({_P.AGENCY_READ}),
    Role.TO_REVIEW: frozenset(),
    Role.COMPANY_ADMIN: frozenset({_P.COMPANY_READ, _P.COMPANY_ANSWER, _P.COMPANY_EDIT, _P.COMPANY_MEMBERS}),
    Role.COMPANY_CONTACT: frozenset({_P.COMPANY_READ, _P.COMPANY_ANSWER}),
    Role.BACK_OFFICE: frozenset({_P.PLATFORM}),
}


class Right(StrEnum):
    """What a route asks of its caller before it runs; each route declares one."""

    ANYONE = "anyone"
    SIGNED_IN = "signed_in"
    AGENT = "agent"
    """A granted role in an active agency."""
    COMPANY = "company"
    """An accepted right on a company."""
    BACK_OFFICE = "back_office"


@dataclass(frozen=True, slots=True)
class Acting:
    """The person an agent works with, as a current referral of that agency lets them."""

    beneficiary: UUID
    agency: int
    passport: UUID | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who makes a request: nobody known, or an account with its granted rights.

    `agencies` holds active agencies by id with the roles granted there, `companies` accepted rights.
    """

    user: UUID | None = None
    session: UUID | None = None
    beneficiary: UUID | None = None
    """The account's own file as a candidate, when it has one."""
    passport: UUID | None = None
    """The account's own skills passport, when it has one."""
    acting: Acting | None = None
    """The person this agent works with at this moment, in the same browser."""
    agencies: Mapping[int, frozenset[Role]] = field(default_factory=dict)
    companies: Mapping[int, Role] = field(default_factory=dict)
    back_office: bool = False

    @property
    def open_passport(self) -> UUID | None:
        """The passport that pages show and searches use: that of the person accompanied, else one's own."""
        return self.acting.passport if self.acting else self.passport

    @property
    def signed_in(self) -> bool:
        """Whether an account is known."""
        return self.user is not None

    @property
    def agent(self) -> bool:
        """Whether some agency granted a role that gives something."""
        return any(permissions_of(roles) for roles in self.agencies.values())

    def has(self, right: Right) -> bool:
        """Whether a route that declares this right may run."""
        return {
            Right.ANYONE: True,
            Right.SIGNED_IN: self.signed_in,
            Right.AGENT: self.agent,
            Right.COMPANY: bool(self.companies),
            Right.BACK_OFFICE: self.back_office,
        }[right]

    def may(self, permission: Permission, *, agency: int | None = None, company: int | None = None) -> bool:
        """Whether a permission is granted on that agency, that company, or the platform."""
        return permission in permissions_of(self._roles(agency, company))

    def _roles(self, agency: int | None, company: int | None) -> frozenset[Role]:
        if agency is not None:
            return self.agencies.get(agency, frozenset())
        if company is not None:
            role = self.companies.get(company)
            return frozenset({role}) if role else frozenset()
        return frozenset({Role.BACK_OFFICE}) if self.back_office else frozenset()


NOBODY = Actor()
_HIDDEN = "Cette page n’existe pas, ou n’est pas ouverte à votre compte."
_TO_SIGN_IN = "Connectez-vous pour faire cela."
_REFUSED = {
    _P.AGENCY_EDIT: "Seule l’administration de la structure peut la modifier. Demandez-lui.",
    _P.AGENCY_MEMBERS: "Seule l’administration de la structure gère ses membres. Demandez-lui.",
    _P.ACCOMPANY: "Votre rôle dans cette structure ne permet pas d’accompagner. Demandez-le.",
    _P.COMPANY_EDIT: "Seule l’administration de l’entreprise peut la modifier. Demandez-lui.",
    _P.COMPANY_MEMBERS: "Seule l’administration de l’entreprise gère ses membres. Demandez-lui.",
}
_DEFAULT_REFUSAL = "Votre rôle ne permet pas de faire cela. Demandez à l’administration de votre structure."


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Everything that some roles give together."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def require_account(actor: Actor) -> UUID:
    """The account of whoever asks; raises `SignInError` when nobody is signed in."""
    if actor.user is None:
        raise SignInError(_TO_SIGN_IN)
    return actor.user


def require(
    actor: Actor, permission: Permission, *, agency: int | None = None, company: int | None = None
) -> None:
    """Let through, or raise `NotFoundError` (a stranger) or `ForbiddenError` (a member without it)."""
    if actor.may(permission, agency=agency, company=company):
        return
    member = agency is not None and permissions_of(actor.agencies.get(agency, frozenset()))
    if member or (company is not None and company in actor.companies):
        raise ForbiddenError(_REFUSED.get(permission, _DEFAULT_REFUSAL))
    raise NotFoundError(_HIDDEN)
