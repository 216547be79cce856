"""A mise en relation, from the request to its end (domain.md, §4): who may do what, and when.

One table says which side moves a discussion from where to where; pages show only the moves it allows,
and the request that makes a move asks it again. A closed discussion does not reopen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.company import check_pause
from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError
from domain.values import clean_text

MAX_MESSAGE = 4000
MAX_REASON = 1000
TWICE_WITHIN = timedelta(days=7)
"""The same person, company and ROME code within this time is refused."""
AT_ONCE = timedelta(minutes=1)
"""The same button pressed this short a time after it was is pressed twice: once is enough."""
EXPIRES_AFTER = timedelta(days=92)
"""Three months without an answer, on every contact mode."""


class Status(StrEnum):
    """Where a discussion stands."""

    AWAITING_REFERENT = "awaiting_referent"
    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STATUS_LABELS = {
    Status.AWAITING_REFERENT: "En attente de votre référent",
    Status.PENDING: "En attente de réponse",
    Status.ACCEPTED: "Acceptée",
    Status.REJECTED: "Refusée",
    Status.WITHDRAWN: "Retirée",
    Status.EXPIRED: "Sans réponse",
}
OPEN = frozenset({Status.AWAITING_REFERENT, Status.PENDING})
CLOSED = frozenset({Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED})
TEACHING = (Status.ACCEPTED, Status.REJECTED, Status.EXPIRED)
"""Ends that a company chose, by an answer or by none: the ranking learns from these."""


class Side(StrEnum):
    """As what somebody acts on a discussion."""

    CANDIDATE = "candidate"
    """The person, or who accompanies them in their name."""
    COMPANY = "company"
    REFERENT = "referent"
    """Who accompanies the person, in their own name."""
    SERVICE = "service"
    """The clock, the back office, or a company that goes."""


class Move(StrEnum):
    """What can be done to a discussion."""

    VALIDATE = "validate"
    DECLINE = "decline"
    ACCEPT = "accept"
    REJECT = "reject"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    CLOSE = "close"
    WRITE = "write"
    PLAN_VISIT = "plan_visit"
    SAY_WHETHER_MET = "say_whether_met"
    REPORT = "report"


class Reason(StrEnum):
    """Why a request was refused."""

    NO_CAPACITY = "no_capacity"
    NOT_THIS_JOB = "not_this_job"
    NOT_NOW = "not_now"
    ALREADY_TOLD = "already_told"
    OTHER = "other"
    COMPANY_CLOSED = "company_closed"
    REFERENT = "referent"


REASON_LABELS = {
    Reason.NO_CAPACITY: "Nous ne pouvons pas accueillir de personne en plus",
    Reason.NOT_THIS_JOB: "Nous ne faisons pas ou plus ce métier",
    Reason.NOT_NOW: "Pas maintenant",
    Reason.ALREADY_TOLD: "Nous avons déjà donné notre réponse à la personne",
    Reason.OTHER: "Une autre raison",
    Reason.COMPANY_CLOSED: "L’entreprise n’accueille plus par ce service",
    Reason.REFERENT: "Le référent propose autre chose",
}
UNTOLD = frozenset({Reason.ALREADY_TOLD, Reason.COMPANY_CLOSED, Reason.REFERENT})
"""Reasons that do not say what the company made of the request."""
COMPANY_REASONS = (Reason.NO_CAPACITY, Reason.NOT_THIS_JOB, Reason.NOT_NOW, Reason.ALREADY_TOLD, Reason.OTHER)


class Told(StrEnum):
    """How the candidate learnt that the company accepts."""

    PHONE = "phone"
    MAIL = "mail"
    IN_PERSON = "in_person"
    HERE = "here"


TOLD_LABELS = {
    Told.HERE: "Prévenez la personne pour moi, par ce service",
    Told.PHONE: "Je lui ai téléphoné",
    Told.MAIL: "Je lui ai écrit",
    Told.IN_PERSON: "Nous nous sommes vus",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """From which statuses, by which sides; `to` is None when the status stays."""

    sources: frozenset[Status]
    sides: frozenset[Side]
    to: Status | None


_BOTH = frozenset({Side.CANDIDATE, Side.COMPANY})
_LIVE = frozenset({Status.PENDING, Status.ACCEPTED})
_ANYWHERE = frozenset(Status)

RULES: Mapping[Move, Rule] = {
    Move.VALIDATE: Rule(
        frozenset({Status.AWAITING_REFERENT}), frozenset({Side.REFERENT, Side.SERVICE}), Status.PENDING
    ),
    Move.DECLINE: Rule(frozenset({Status.AWAITING_REFERENT}), frozenset({Side.REFERENT}), Status.REJECTED),
    Move.ACCEPT: Rule(frozenset({Status.PENDING}), frozenset({Side.COMPANY}), Status.ACCEPTED),
    Move.REJECT: Rule(frozenset({Status.PENDING}), frozenset({Side.COMPANY}), Status.REJECTED),
    Move.WITHDRAW: Rule(OPEN, frozenset({Side.CANDIDATE}), Status.WITHDRAWN),
    Move.EXPIRE: Rule(OPEN, frozenset({Side.SERVICE}), Status.EXPIRED),
    Move.CLOSE: Rule(OPEN, frozenset({Side.SERVICE}), Status.REJECTED),
    Move.WRITE: Rule(_LIVE, _BOTH, None),
    Move.PLAN_VISIT: Rule(_LIVE, _BOTH, None),
    Move.SAY_WHETHER_MET: Rule(_LIVE, _BOTH, None),
    Move.REPORT: Rule(_ANYWHERE - {Status.AWAITING_REFERENT}, frozenset({Side.COMPANY}), None),
}

_NOT_YOURS = {
    Move.VALIDATE: "Seule la personne qui accompagne peut valider cette demande.",
    Move.DECLINE: "Seule la personne qui accompagne peut écarter cette demande.",
    Move.ACCEPT: "Seule l’entreprise peut accepter cette demande.",
    Move.REJECT: "Seule l’entreprise peut refuser cette demande.",
    Move.WITHDRAW: "Seule la personne qui a fait la demande peut la retirer.",
}
_TOO_LATE = {
    Status.AWAITING_REFERENT: "Cette demande attend encore l’accord du référent.",
    Status.PENDING: "Cette demande attend la réponse de l’entreprise.",
    Status.ACCEPTED: "Cette demande a déjà été acceptée.",
    Status.REJECTED: "Cette demande a déjà été refusée.",
    Status.WITHDRAWN: "Cette demande a été retirée par la personne.",
    Status.EXPIRED: "Cette demande est close : elle est restée trop longtemps sans réponse.",
}


def moves(status: Status, side: Side) -> frozenset[Move]:
    """Everything that side may do there: the buttons of its page."""
    return frozenset(move for move, rule in RULES.items() if status in rule.sources and side in rule.sides)


def after(status: Status, move: Move, side: Side) -> Status:
    """The status a move leads to; raises `ForbiddenError` (not that side's) or `ConflictError` (too late)."""
    rule = RULES[move]
    if side not in rule.sides:
        raise ForbiddenError(_NOT_YOURS.get(move, "Vous ne pouvez pas faire cela sur cette demande."))
    if status not in rule.sources:
        raise ConflictError(_TOO_LATE[status])
    return rule.to or status


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A company's refusal. `text` is told to the candidate; `until` (« pas maintenant ») pauses it."""

    reason: Reason
    text: str = ""
    until: date | None = None


def check_refusal(refusal: Refusal, today: date) -> Refusal:
    """The same, tidied; raises `InvalidInputError` on `reason`, `text`, `until`."""
    text = clean_text(refusal.text)
    errors = []
    if refusal.reason not in COMPANY_REASONS:
        errors.append(FieldError("reason", "Choisissez une raison dans la liste.", "required"))
    if refusal.reason is Reason.OTHER and not text:
        errors.append(FieldError("text", "Écrivez la raison en quelques mots.", "required"))
    if len(text) > MAX_REASON:
        errors.append(FieldError("text", f"Raccourcissez à {MAX_REASON} caractères au plus.", "too_long"))
    paused = check_pause(refusal.until, today) if refusal.reason is Reason.NOT_NOW else None
    if paused is not None:
        errors.append(paused)
    if errors:
        raise InvalidInputError(tuple(errors))
    until = refusal.until if refusal.reason is Reason.NOT_NOW else None
    return Refusal(reason=refusal.reason, text=text, until=until)


def teaches(status: Status, reason: Reason | None = None) -> bool:
    """Whether a request that ends so says what companies make of such requests."""
    return status in TEACHING and reason not in UNTOLD


def check_message(text: str) -> str:
    """A message, tidied; raises `InvalidInputError` on `message`."""
    tidy = clean_text(text)
    if not tidy:
        raise InvalidInputError((FieldError("message", "Écrivez votre message.", "required"),))
    if len(tidy) > MAX_MESSAGE:
        said = f"Raccourcissez votre message à {MAX_MESSAGE} caractères au plus."
        raise InvalidInputError((FieldError("message", said, "too_long"),))
    return tidy


def check_report(text: str) -> str:
    """What a company reports, tidied; raises `InvalidInputError` on `report`."""
    tidy = clean_text(text)
    if not 0 < len(tidy) <= MAX_REASON:
        said = f"Écrivez ce qui ne va pas, en {MAX_REASON} caractères au plus."
        raise InvalidInputError((FieldError("report", said, "required"),))
    return tidy


def answers_within(created_at: datetime, answered_at: datetime) -> float:
    """Hours between a request and its answer, never negative."""
    return max(0.0, (answered_at - created_at).total_seconds() / 3600)
