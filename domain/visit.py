"""A visit before an immersion: slots proposed by one side, picked by the other (domain.md, §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from domain.discussion import Side
from domain.errors import ConflictError, FieldError, ForbiddenError, InvalidInputError
from domain.french import PARIS
from domain.values import clean_line

MAX_SLOTS = 5
MIN_MINUTES, MAX_MINUTES = 15, 480
MAX_PLACE = 300
MAX_AHEAD = timedelta(days=120)


class VisitStatus(StrEnum):
    """Where a visit stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DONE = "done"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


VISIT_LABELS = {
    VisitStatus.PROPOSED: "Proposée",
    VisitStatus.CONFIRMED: "Confirmée",
    VisitStatus.DONE: "A eu lieu",
    VisitStatus.NO_SHOW: "La personne n’est pas venue",
    VisitStatus.CANCELLED: "Annulée",
}


class VisitMove(StrEnum):
    """What can be done to a visit."""

    PICK = "pick"
    CANCEL = "cancel"
    MARK_DONE = "mark_done"
    MARK_NO_SHOW = "mark_no_show"


_MOVES: Mapping[VisitMove, tuple[VisitStatus, VisitStatus]] = {
    VisitMove.PICK: (VisitStatus.PROPOSED, VisitStatus.CONFIRMED),
    VisitMove.MARK_DONE: (VisitStatus.CONFIRMED, VisitStatus.DONE),
    VisitMove.MARK_NO_SHOW: (VisitStatus.CONFIRMED, VisitStatus.NO_SHOW),
}
_NOW = "Cette visite a déjà changé : rechargez la page."


def after_visit(
    status: VisitStatus,
    move: VisitMove,
    side: Side,
    *,
    proposed_by: Side,
    starts_at: datetime | None,
    now: datetime,
) -> VisitStatus:
    """The status a move leads to; raises `ForbiddenError` or `ConflictError`.

    Who proposed does not pick; attendance is told by the company, once the visit has begun.
    """
    if side not in {Side.CANDIDATE, Side.COMPANY}:
        raise ForbiddenError("Seules la personne et l’entreprise décident de la visite.")
    if move is VisitMove.CANCEL:
        if status not in {VisitStatus.PROPOSED, VisitStatus.CONFIRMED}:
            raise ConflictError(_NOW)
        return VisitStatus.CANCELLED
    source, to = _MOVES[move]
    if move is VisitMove.PICK and side is proposed_by:
        raise ForbiddenError("C’est à l’autre de choisir parmi les dates que vous proposez.")
    if move is not VisitMove.PICK and side is not Side.COMPANY:
        raise ForbiddenError("L’entreprise dit si la visite a eu lieu.")
    if status is not source:
        raise ConflictError(_NOW)
    if move is not VisitMove.PICK and (starts_at is None or starts_at > now):
        raise ConflictError("Attendez que la visite ait commencé pour dire si elle a eu lieu.")
    return to


def visit_moves(
    status: VisitStatus, side: Side, *, proposed_by: Side, starts_at: datetime | None, now: datetime
) -> frozenset[VisitMove]:
    """Everything that side may do: the buttons of its page."""
    allowed = set()
    for move in VisitMove:
        try:
            after_visit(status, move, side, proposed_by=proposed_by, starts_at=starts_at, now=now)
        except (ForbiddenError, ConflictError):
            continue
        allowed.add(move)
    return frozenset(allowed)


def midnight(now: datetime, *, days: int) -> datetime:
    """The start of a day in Paris, that many days after that of `now`."""
    day = now.astimezone(PARIS).date() + timedelta(days=days)
    return datetime.combine(day, time(), PARIS)


@dataclass(frozen=True, slots=True)
class Proposal:
    """When somebody proposes to meet (aware moments), for how many minutes, and where."""

    slots: tuple[datetime, ...]
    minutes: int
    place: str


def check_slots(proposal: Proposal, now: datetime) -> Proposal:
    """The same, tidied, its slots in order; raises `InvalidInputError` on `slots`, `minutes`, `place`."""
    wanted = tuple(sorted(set(proposal.slots)))
    minutes = proposal.minutes
    errors = []
    if not wanted:
        errors.append(FieldError("slots", "Proposez au moins une date et une heure.", "required"))
    if len(wanted) > MAX_SLOTS:
        errors.append(FieldError("slots", f"Proposez {MAX_SLOTS} dates au plus.", "too_many"))
    if any(slot <= now for slot in wanted):
        errors.append(FieldError("slots", "Choisissez des dates à venir.", "past"))
    if any(slot - now > MAX_AHEAD for slot in wanted):
        errors.append(FieldError("slots", "Choisissez des dates dans les quatre mois.", "too_far"))
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        errors.append(FieldError("minutes", "Une visite dure de 15 minutes à 8 heures.", "range"))
    tidy = clean_line(proposal.place)
    if not 0 < len(tidy) <= MAX_PLACE:
        errors.append(FieldError("place", "Écrivez l’adresse où venir.", "required"))
    if errors:
        raise InvalidInputError(tuple(errors))
    return Proposal(wanted, minutes, tidy)


def no_show_rate(*, done: int, no_show: int, cancelled: int) -> float | None:
    """No-shows ÷ all closed visits, cancelled included (RDV-Insertion's definition); None without any."""
    closed = done + no_show + cancelled
    return no_show / closed if closed else None
