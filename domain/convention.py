"""A convention, from its draft to its end (domain.md, §5): who may do what, and when.

One table says as whom a move is made, from where to where; pages show only the moves it allows, and the
request that makes a move asks it again. The clock's moves and people's are in the same table.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError
from domain.values import clean_text

MAX_REASON = 1000
DRAFT_LIFE = timedelta(days=30)
"""A draft is dropped when nobody changed it for so long."""
EXPIRES_AFTER_END = timedelta(days=31)
"""How long after its end date a convention is still decided on: not validated, it is then abandoned."""


class Kind(StrEnum):
    """For whom a convention is: anyone (a PMSMP), or a pupil."""

    PMSMP = "pmsmp"
    MINI_STAGE = "mini_stage"


KIND_LABELS = {
    Kind.PMSMP: "Période de mise en situation en milieu professionnel (PMSMP)",
    Kind.MINI_STAGE: "Mini-stage de découverte d’un métier",
}


class Status(StrEnum):
    """Where a convention stands."""

    DRAFT = "draft"
    TO_SIGN = "to_sign"
    PARTLY_SIGNED = "partly_signed"
    IN_REVIEW = "in_review"
    PRE_APPROVED = "pre_approved"
    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATUS_LABELS = {
    Status.DRAFT: "Brouillon",
    Status.TO_SIGN: "À signer",
    Status.PARTLY_SIGNED: "Partiellement signée",
    Status.IN_REVIEW: "À valider",
    Status.PRE_APPROVED: "Pré-validée",
    Status.VALIDATED: "Validée",
    Status.REJECTED: "Refusée",
    Status.CANCELLED: "Annulée",
    Status.EXPIRED: "Abandonnée",
}
SIGNABLE = frozenset({Status.TO_SIGN, Status.PARTLY_SIGNED})
EDITABLE = SIGNABLE | {Status.IN_REVIEW, Status.PRE_APPROVED}
"""Sent to its people, and not decided yet: an edit asks everybody to sign again."""
LIVE = EDITABLE | {Status.VALIDATED}
"""What counts as a twin, and against the limits of law."""
ENDED = frozenset({Status.REJECTED, Status.CANCELLED, Status.EXPIRED})


class As(StrEnum):
    """As whom somebody acts on a convention; one person may be several."""

    HOLDER = "holder"
    """Who holds the draft's link, before it is sent."""
    BENEFICIARY = "beneficiary"
    REPRESENTATIVE = "representative"
    """The legal representative of somebody under 18."""
    COMPANY = "company"
    """Who commits the company that hosts."""
    EMPLOYER = "employer"
    """The current employer of somebody whose contract is not suspended."""
    TUTOR = "tutor"
    """Who welcomes the person, and fills the assessment."""
    COUNSELLOR = "counsellor"
    VALIDATOR = "validator"
    READER = "reader"
    """Administers or reads the prescribing agency."""
    BACK_OFFICE = "back_office"
    CLOCK = "clock"


AS_LABELS = {
    As.HOLDER: "La personne qui prépare la convention",
    As.BENEFICIARY: "La personne accueillie",
    As.REPRESENTATIVE: "Le représentant légal",
    As.COMPANY: "L’entreprise d’accueil",
    As.EMPLOYER: "L’employeur actuel",
    As.TUTOR: "Le tuteur ou la tutrice",
    As.COUNSELLOR: "La structure prescriptrice (conseil)",
    As.VALIDATOR: "La structure prescriptrice (validation)",
    As.READER: "La structure prescriptrice (lecture)",
    As.BACK_OFFICE: "L’équipe de la plateforme",
    As.CLOCK: "Le service, automatiquement",
}
SIGNATORIES = (As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY, As.EMPLOYER)
"""Those who sign by a code; the agency's validation is its signature."""
STAFF = frozenset({As.COUNSELLOR, As.VALIDATOR, As.READER, As.BACK_OFFICE})
"""Who reads it for an agency or for the platform."""


class Move(StrEnum):
    """What can be done to a convention."""

    WRITE = "write"
    SUBMIT = "submit"
    EDIT = "edit"
    SIGN = "sign"
    ATTEST_PAPER = "attest_paper"
    PRE_APPROVE = "pre_approve"
    VALIDATE = "validate"
    REJECT = "reject"
    CANCEL = "cancel"
    LEAVE = "leave"
    """The person's account is deleted before the decision: no button does it."""
    EXPIRE = "expire"
    TRANSFER = "transfer"
    RENEW = "renew"
    DUPLICATE = "duplicate"
    CHANGE_TUTOR = "change_tutor"
    RECORD_DEPOSIT = "record_deposit"
    REMIND = "remind"
    FOLLOW = "follow"
    """An agent of the prescriber becomes the referent."""
    ASSESS = "assess"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which statuses, as whom; `to` is None when the status stays or depends on the convention."""

    sources: frozenset[Status]
    whom: frozenset[As]
    to: Status | None = None


_SIGNATORIES = frozenset(SIGNATORIES)
_AGENTS = frozenset({As.COUNSELLOR, As.VALIDATOR})
_DECIDERS = _AGENTS | {As.BACK_OFFICE}
_VALIDATED = frozenset({Status.VALIDATED})

RULES: Mapping[Move, Rule] = {
    Move.WRITE: Rule(frozenset({Status.DRAFT}), _SIGNATORIES | _AGENTS | {As.HOLDER}),
    Move.SUBMIT: Rule(frozenset({Status.DRAFT}), _SIGNATORIES | _AGENTS | {As.HOLDER}, Status.TO_SIGN),
    Move.EDIT: Rule(EDITABLE, _SIGNATORIES | _AGENTS, Status.TO_SIGN),
    Move.SIGN: Rule(SIGNABLE, _SIGNATORIES),
    Move.ATTEST_PAPER: Rule(SIGNABLE, _AGENTS),
    Move.PRE_APPROVE: Rule(frozenset({Status.IN_REVIEW}), frozenset({As.COUNSELLOR}), Status.PRE_APPROVED),
    Move.VALIDATE: Rule(
        frozenset({Status.IN_REVIEW, Status.PRE_APPROVED}), frozenset({As.VALIDATOR}), Status.VALIDATED
    ),
    Move.REJECT: Rule(EDITABLE, _DECIDERS, Status.REJECTED),
    Move.CANCEL: Rule(_VALIDATED, _DECIDERS, Status.CANCELLED),
    Move.LEAVE: Rule(EDITABLE, frozenset({As.BENEFICIARY}), Status.CANCELLED),
    Move.EXPIRE: Rule(EDITABLE, frozenset({As.CLOCK}), Status.EXPIRED),
    Move.TRANSFER: Rule(EDITABLE, _DECIDERS),
    Move.RENEW: Rule(_VALIDATED, _AGENTS),
    Move.DUPLICATE: Rule(frozenset(Status), _SIGNATORIES | _AGENTS | {As.HOLDER}),
    Move.CHANGE_TUTOR: Rule(_VALIDATED, _AGENTS | {As.COMPANY}),
    Move.RECORD_DEPOSIT: Rule(_VALIDATED, _AGENTS),
    Move.REMIND: Rule(SIGNABLE, _SIGNATORIES | _AGENTS),
    Move.FOLLOW: Rule(LIVE, _AGENTS),
    Move.ASSESS: Rule(_VALIDATED, frozenset({As.TUTOR, As.COMPANY, As.BENEFICIARY})),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the rules read of a convention.

    `two_step`: a notified counsellor reviews before the validator. `elsewhere`: the prescriber refers to an
    agency that validates for it, where this person does not. `assessed`: an assessment exists; `answered`:
    both sides wrote in it, and it changes no more. `renewed`: another convention renews it, or it renews
    one. `unsigned`: who has not signed this version.
    `followed`: an agent is its referent. `follows`: that agent is the one who looks.
    """

    status: Status
    kind: Kind = Kind.PMSMP
    two_step: bool = False
    elsewhere: bool = False
    assessed: bool = False
    answered: bool = False
    renewed: bool = False
    unsigned: frozenset[As] = frozenset()
    followed: bool = False
    follows: bool = False


_NOT_YOURS = {
    Move.SIGN: "Seules les personnes citées dans la convention la signent.",
    Move.ATTEST_PAPER: "Seule la structure prescriptrice atteste une signature sur papier.",
    Move.PRE_APPROVE: "Seul le conseil de la structure prescriptrice peut pré-valider.",
    Move.VALIDATE: "Seules les personnes qui valident pour la structure prescriptrice le peuvent.",
    Move.REJECT: "Seule la structure prescriptrice peut refuser cette convention.",
    Move.CANCEL: "Seule la structure prescriptrice peut annuler cette convention. Contactez-la.",
    Move.TRANSFER: "Seule la structure prescriptrice peut transmettre cette convention à une autre.",
    Move.RENEW: "Seule la structure prescriptrice peut renouveler cette convention. Contactez-la.",
    Move.FOLLOW: "Seules les personnes qui accompagnent dans la structure prescriptrice peuvent la suivre.",
}
_TOO_LATE = {
    Status.DRAFT: "Cette convention est encore un brouillon.",
    Status.TO_SIGN: "Cette convention attend encore les signatures.",
    Status.PARTLY_SIGNED: "Cette convention attend encore des signatures.",
    Status.IN_REVIEW: "Cette convention attend la décision de la structure prescriptrice.",
    Status.PRE_APPROVED: "Cette convention est pré-validée et attend sa validation.",
    Status.VALIDATED: "Cette convention est validée : elle ne se modifie plus.",
    Status.REJECTED: "Cette convention a été refusée.",
    Status.CANCELLED: "Cette convention a été annulée.",
    Status.EXPIRED: "Cette convention est abandonnée : elle n’a pas été validée à temps.",
}


def allowed(state: State, whom: Iterable[As]) -> frozenset[Move]:
    """Everything that somebody may do, acting as any of these: the buttons of their page."""
    return frozenset(move for move in Move for one in whom if may(state, move, one))


def may(state: State, move: Move, whom: As) -> bool:
    """Whether somebody may make that move now."""
    return _fault(state, move, whom) is None


def after(state: State, move: Move, whom: As) -> Status:
    """The status a move leads to; raises `ForbiddenError` (not theirs) or `ConflictError` (not now)."""
    fault = _fault(state, move, whom)
    if fault is not None:
        raise fault
    if move in {Move.SIGN, Move.ATTEST_PAPER}:
        return Status.IN_REVIEW if len(state.unsigned) <= 1 else Status.PARTLY_SIGNED
    if move is Move.TRANSFER and state.status is Status.PRE_APPROVED:
        return Status.IN_REVIEW
    return RULES[move].to or state.status


def _fault(state: State, move: Move, whom: As) -> ForbiddenError | ConflictError | None:
    rule = RULES[move]
    if whom not in rule.whom:
        return ForbiddenError(_NOT_YOURS.get(move, "Vous ne pouvez pas faire cela sur cette convention."))
    if state.status not in rule.sources:
        return ConflictError(_TOO_LATE[state.status])
    why = _not_now(state, move, whom)
    return ConflictError(why) if why else None


def _not_now(state: State, move: Move, whom: As) -> str:
    """Why a move that its status allows is refused all the same; empty when it is not."""
    unreviewed = state.two_step and state.status is Status.IN_REVIEW
    refusals = (
        (Move.SIGN, whom not in state.unsigned, _SIGNED),
        (Move.PRE_APPROVE, not state.two_step, _ONE_STEP),
        (Move.VALIDATE, state.elsewhere, _ELSEWHERE),
        (Move.VALIDATE, unreviewed, _UNREVIEWED),
        (Move.CANCEL, state.assessed, _ASSESSED),
        (Move.CHANGE_TUTOR, state.answered, _ANSWERED),
        (Move.RECORD_DEPOSIT, state.kind is not Kind.PMSMP, _NO_DEPOSIT),
        (Move.RENEW, state.renewed, _RENEWED),
        (Move.FOLLOW, state.follows, _FOLLOWS),
        (Move.FOLLOW, state.followed and state.status is Status.VALIDATED, _FOLLOWED),
    )
    return next((why for one, refused, why in refusals if one is move and refused), "")


_SIGNED = "Vous avez déjà signé cette convention, ou n’avez pas à la signer."
_ONE_STEP = "Dans cette structure, la validation se fait en une seule étape."
_ELSEWHERE = "Une autre structure valide pour la vôtre : c’est à elle de valider cette convention."
_UNREVIEWED = "Un conseiller ou une conseillère doit d’abord pré-valider cette convention."
_ASSESSED = "Le bilan de cette immersion est commencé : elle ne s’annule plus."
_ANSWERED = "Le bilan de cette immersion est terminé : le tuteur ou la tutrice ne change plus."
_OVER = (
    "Cette immersion est terminée depuis plus d’un mois : elle ne s’annule plus. "
    "Ce qui s’est passé, ou non, se dit dans son bilan."
)
_NO_DEPOSIT = "Un mini-stage ne se dépose pas auprès de l’État : il n’y a rien à enregistrer."
_FOLLOWS = "Vous suivez déjà cette convention."
_FOLLOWED = "Cette convention est validée : la personne qui la suit est écrite dans le document."
_RENEWED = "Cette convention a déjà été renouvelée une fois : la loi n’en permet pas deux."


def is_over(ends_on: date | None, today: date) -> bool:
    """Whether it ended so long ago that nobody decides on it any more."""
    return ends_on is not None and today > ends_on + EXPIRES_AFTER_END


def check_not_over(ends_on: date | None, today: date) -> None:
    """Raise `ConflictError` when it is too late to cancel."""
    if is_over(ends_on, today):
        raise ConflictError(_OVER)


def check_reason(text: str) -> str:
    """Why a convention is refused, cancelled, transferred or renewed; raises `InvalidInputError`."""
    tidy = clean_text(text)
    if not 0 < len(tidy) <= MAX_REASON:
        said = f"Écrivez la raison, en {MAX_REASON} caractères au plus : les personnes concernées la liront."
        raise InvalidInputError((FieldError("reason", said, "required"),))
    return tidy
