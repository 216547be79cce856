"""A discussion as one side reads it: the thread, the files, the visits, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.queries import convention_sources, discussion_files, discussions, visits
from data.queries.discussion_files import FileRow
from data.queries.discussions import DiscussionRow, MessageRow
from data.queries.visits import VisitRow
from data.session import ReadSession, Session
from domain.audit import AuditAction
from domain.contact_request import HALF_DAY_LABELS, HalfDay
from domain.contacts import show_phone
from domain.convention import Status as Agreed
from domain.discussion import REASON_LABELS, Move, Reason, Side, Status, moves
from domain.errors import NotFoundError
from domain.french import french_date, french_moment, within
from domain.search import ContactMode
from domain.visit import VisitMove, VisitStatus, visit_moves
from services.audit import record
from services.discussions.parties import HIDDEN, Party


@dataclass(frozen=True, slots=True)
class VisitSeen:
    """A visit, and what the reader may do about it."""

    row: VisitRow
    moves: frozenset[VisitMove]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A discussion before one side. `visits`: the latest proposed first."""

    row: DiscussionRow
    side: Side
    moves: frozenset[Move]
    thread: tuple[MessageRow, ...]
    files: tuple[FileRow, ...]
    visits: tuple[VisitSeen, ...]
    next: str
    """What happens next, or what to do."""

    @property
    def live_visit(self) -> VisitSeen | None:
        """The visit to come, if there is one."""
        return next((one for one in self.visits if one.row.live), None)


async def see(session: ReadSession, party: Party, side: Side, now: datetime) -> Seen:
    """What that side reads; raises `NotFoundError` for who does not stand there."""
    row = party.on(side).row
    planned = tuple(
        VisitSeen(
            one,
            visit_moves(one.status, side, proposed_by=one.proposed_by, starts_at=one.starts_at, now=now),
        )
        for one in await visits.of_discussion(session, row.id)
    )
    allowed = frozenset(move for who in party.sides for move in moves(row.status, who))
    live = next((one.row for one in planned if one.row.live), None)
    agreed = await convention_sources.statuses(session, [row.id]) if row.status is Status.ACCEPTED else {}
    return Seen(
        row=row,
        side=side,
        moves=allowed if side is not Side.COMPANY else moves(row.status, side),
        thread=await discussions.messages(session, row.id),
        files=await discussion_files.of_discussion(session, row.id),
        visits=planned,
        next=next_step(row, live, agreed.get(row.id)) if side is Side.CANDIDATE else "",
    )


async def note_reading(session: Session, party: Party, now: datetime) -> None:
    """Write down that who accompanies the person read their exchanges; the person sees it."""
    if party.actor.beneficiary != party.row.beneficiary_id and Side.REFERENT in party.sides:
        action, of = AuditAction.DISCUSSION_READ, party.row.beneficiary_id
        await record(session, party.actor, action, "discussion", party.row.id, now, beneficiary=of)


async def file_of(session: ReadSession, party: Party, file: UUID) -> tuple[str, str, bytes]:
    """A file of the discussion: name, type, bytes; raises `NotFoundError`."""
    found = await discussion_files.content(session, party.row.id, file)
    if found is None:
        raise NotFoundError(HIDDEN)
    return found


def next_step(row: DiscussionRow, visit: VisitRow | None, convention: Agreed | None = None) -> str:
    """What the candidate can expect, or has to do now; `convention`: where theirs stands, once begun."""
    if row.status is Status.ACCEPTED and convention in _AGREED:
        return _AGREED[convention]
    if row.status is Status.PENDING and visit is not None:
        return _visit_step(visit)
    if row.status is Status.PENDING:
        return _waiting(row)
    return {
        Status.AWAITING_REFERENT: (
            "La personne qui vous accompagne lit d’abord votre demande. Vous n’avez rien à faire."
        ),
        Status.ACCEPTED: (
            "Préparez la convention avec l’entreprise et la personne qui vous accompagne. Ne commencez pas "
            "avant qu’elle soit signée et validée : sans elle, aucune assurance ne vous couvre."
        ),
        Status.REJECTED: f"Réponse : {reason(row)}. D’autres entreprises accueillent : voyez plus bas.",
        Status.WITHDRAWN: "Vous avez retiré cette demande.",
        Status.EXPIRED: "L’entreprise n’a pas répondu. D’autres entreprises accueillent : voyez plus bas.",
    }[row.status]


_AGREED: Mapping[Agreed | None, str] = {
    **dict.fromkeys(
        (Agreed.TO_SIGN, Agreed.PARTLY_SIGNED),
        "La convention attend des signatures : voyez « Mes conventions ». Ne commencez pas avant qu’elle "
        "soit signée et validée : sans elle, aucune assurance ne vous couvre.",
    ),
    **dict.fromkeys(
        (Agreed.IN_REVIEW, Agreed.PRE_APPROVED),
        "La convention est signée. La structure qui vous accompagne la lit avant de la valider : ne "
        "commencez pas avant.",
    ),
    Agreed.VALIDATED: "La convention est validée : voyez « Mes conventions ».",
    Agreed.REJECTED: (
        "La structure a refusé la convention : lisez pourquoi dans « Mes conventions ». Voyez avec elle s’il "
        "faut en préparer une autre."
    ),
    Agreed.CANCELLED: (
        "La convention est annulée : l’immersion n’a pas lieu avec elle. Pour une autre date, "
        "préparez-en une autre."
    ),
    Agreed.EXPIRED: "La convention n’a pas été validée à temps. Pour une autre date, préparez-en une autre.",
}
"""What is true of an accepted request once its convention was sent."""


def _visit_step(visit: VisitRow) -> str:
    if visit.status is VisitStatus.CONFIRMED and visit.starts_at is not None:
        return f"Votre visite est prévue le {french_moment(visit.starts_at)} : {visit.place}."
    if visit.proposed_by is Side.COMPANY:
        return "L’entreprise vous propose une visite. Choisissez une date plus bas."
    return "L’entreprise choisit parmi les dates que vous proposez. Vous recevrez un e-mail."


def _waiting(row: DiscussionRow) -> str:
    who = f", demandez {row.contact_name}" if row.contact_name else ""
    return {
        ContactMode.PHONE: f"Appelez l’entreprise au {show_phone(row.contact_phone)}{who}.",
        ContactMode.IN_PERSON: f"Présentez-vous dans l’entreprise{who}. Son adresse est sur son offre.",
    }.get(
        row.contact_mode,
        "L’entreprise a reçu votre demande. Elle est relancée à 3 jours, puis à 7 jours. Vous recevrez "
        "sa réponse par e-mail.",
    )


def reason(row: DiscussionRow) -> str:
    """Why a request was refused, in the words of the candidate's page."""
    if row.reason is Reason.NOT_NOW and row.until:
        return f"pas maintenant, de nouveau à partir du {french_date(row.until)}"
    if row.reason is Reason.OTHER:
        return "l’entreprise ne donne pas suite, et dit pourquoi ci-dessous"
    return within(REASON_LABELS[row.reason]) if row.reason else ""


def availability(kept: Mapping[str, object]) -> str:
    """The availability of a request in a sentence; empty when none was told."""
    half_days = kept.get("half_days")
    listed = half_days if isinstance(half_days, list) else []
    days = ", ".join(HALF_DAY_LABELS[HalfDay(one)] for one in listed)
    start, end = kept.get("start"), kept.get("end")
    between = [
        f"à partir du {french_date(datetime.fromisoformat(str(start)).date())}" if start else "",
        f"jusqu’au {french_date(datetime.fromisoformat(str(end)).date())}" if end else "",
        f"le {days}" if days else "",
    ]
    return " ".join(part for part in between if part)
