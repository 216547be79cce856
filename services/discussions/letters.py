"""The mails of a discussion: one table says who reads which, and the page it opens. Read anew when sent."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from uuid import UUID

from data.queries import discussions, inbound, referents
from data.queries.discussions import DiscussionRow
from data.session import Session
from domain.contacts import show_phone
from domain.discussion import Move, Side, Status, moves
from domain.french import french_date
from domain.search import ContactMode
from services.discussions.parties import company_email
from services.discussions.reading import reason
from services.emails import Action, Mail, send
from services.links import Purpose, mint
from services.work import Tools, Work

ROOT = "/demandes"


class Reader(StrEnum):
    """To whom a letter goes."""

    CANDIDATE = "candidate"
    COMPANY = "company"
    REFERENT = "referent"


@dataclass(frozen=True, slots=True)
class Letter:
    """One kind of mail: its reader, what its button says, and the only statuses it still makes sense in."""

    template: str
    reader: Reader
    action: str
    statuses: frozenset[Status] = frozenset(Status)
    anchor: str = ""
    moot: Callable[[DiscussionRow], bool] = field(default=lambda _row: False)
    """Whether what it asks was done between its job and its sending."""
    voice: bool = False
    """Whether it carries the words of the other side, whose name it then bears."""


def _answered(row: DiscussionRow) -> bool:
    return row.answered_at is not None


_PENDING = frozenset({Status.PENDING})
_LIVE = frozenset({Status.PENDING, Status.ACCEPTED})
_OTHERS = "#autres"
LETTERS: dict[str, Letter] = {
    "discussion.asked_company_mail": Letter(
        "discussion_asked_company", Reader.COMPANY, "Lire et répondre", _PENDING, voice=True
    ),
    "discussion.asked_candidate_mail": Letter(
        "discussion_asked_candidate", Reader.CANDIDATE, "Suivre ma demande"
    ),
    "discussion.to_validate_mail": Letter(
        "discussion_to_validate", Reader.REFERENT, "Lire et valider", frozenset({Status.AWAITING_REFERENT})
    ),
    "discussion.told_mail": Letter("discussion_told", Reader.REFERENT, "Voir la demande"),
    "discussion.accepted_mail": Letter("discussion_accepted", Reader.CANDIDATE, "Voir la suite"),
    "discussion.rejected_mail": Letter(
        "discussion_rejected", Reader.CANDIDATE, "Voir d’autres entreprises", anchor=_OTHERS
    ),
    "discussion.withdrawn_mail": Letter("discussion_withdrawn", Reader.COMPANY, "Voir la demande"),
    "discussion.expired_candidate_mail": Letter(
        "discussion_expired_candidate", Reader.CANDIDATE, "Voir d’autres entreprises", anchor=_OTHERS
    ),
    "discussion.expired_company_mail": Letter(
        "discussion_expired_company", Reader.COMPANY, "Voir la demande"
    ),
    "discussion.reminder_mail": Letter(
        "discussion_reminder", Reader.COMPANY, "Répondre", _PENDING, moot=_answered
    ),
    "discussion.unanswered_mail": Letter(
        "discussion_unanswered", Reader.CANDIDATE, "Voir d’autres entreprises", _PENDING, _OTHERS, _answered
    ),
    "discussion.met_candidate_mail": Letter(
        "discussion_met_candidate",
        Reader.CANDIDATE,
        "Dire si nous nous sommes vus",
        _LIVE,
        "#rencontre",
        lambda row: row.met_candidate is not None,
    ),
    "discussion.met_company_mail": Letter(
        "discussion_met_company",
        Reader.COMPANY,
        "Dire si nous nous sommes vus",
        _LIVE,
        moot=lambda row: row.met_company is not None,
    ),
    "discussion.message_company_mail": Letter(
        "discussion_message_company", Reader.COMPANY, "Lire et répondre", voice=True
    ),
    "discussion.message_candidate_mail": Letter(
        "discussion_message_candidate", Reader.CANDIDATE, "Lire et répondre", voice=True
    ),
}


async def letter_mail(kind: Letter, session: Session, tools: Tools, work: Work) -> None:
    """Write one letter, unless the discussion has moved on or its reader has no address."""
    row = await discussions.by_id(session, UUID(work.payload["discussion"]))
    if row is None or row.status not in kind.statuses or kind.moot(row):
        return
    recipient = await _recipient(session, kind.reader, row, work)
    if not recipient:
        return
    words = await _words(session, row, kind, work)
    path = f"{ROOT}/{row.id}{kind.anchor}"
    if kind.reader is Reader.COMPANY:
        path = await mint(session, tools.secret_key, work, Purpose.ANSWER, str(row.id))
    mail = Mail(
        template=kind.template,
        subject_id=str(row.id),
        recipient=recipient,
        context=words,
        action=Action(kind.action, path),
        reply_to=reply_to(tools, row, kind.reader),
        sender_name=_voice(row, kind.reader) if kind.voice else "",
        thread=str(row.id),
    )
    await send(session, tools, work, mail)


def reply_to(tools: Tools, row: DiscussionRow, reader: Reader) -> str:
    """The address that takes the reader's answer to the other side; empty when they answer on the page."""
    others = {Reader.CANDIDATE: row.company_address, Reader.COMPANY: row.candidate_address}
    if not tools.relay_domain or reader not in others or Move.WRITE not in moves(row.status, Side(reader)):
        return ""
    return f"{others[reader]}@{tools.relay_domain}"


def _voice(row: DiscussionRow, reader: Reader) -> str:
    """The other side's name: of a person, the first name alone."""
    return row.company if reader is Reader.CANDIDATE else row.first_name


async def _recipient(session: Session, reader: Reader, row: DiscussionRow, work: Work) -> str:
    if reader is Reader.COMPANY:
        return await company_email(session, row)
    if reader is Reader.CANDIDATE:
        return row.candidate_email
    around = await referents.referents(session, row.beneficiary_id)
    return next((one.email for one in around if one.referral == work.payload["referral"]), "")


async def _words(session: Session, row: DiscussionRow, kind: Letter, work: Work) -> dict[str, str]:
    to_company = kind.reader is Reader.COMPANY
    return {
        "person": row.name or "Une personne",
        "company": row.company,
        "job": row.label,
        "asked_on": french_date(row.created_at.date()),
        "how": _to_company(row) if to_company else _to_candidate(row),
        "reason": reason(row),
        "message": await _message(session, row, kind, work),
        "files": await _files(session, work),
    }


def _to_company(row: DiscussionRow) -> str:
    """How the person gets in touch, as the company reads it."""
    return {
        ContactMode.PHONE: "La personne a votre numéro et va vous appeler.",
        ContactMode.IN_PERSON: "La personne va se présenter dans votre entreprise.",
    }.get(row.contact_mode, "Elle attend votre réponse.")


def _to_candidate(row: DiscussionRow) -> str:
    """What the person does next."""
    who = f" et demandez {row.contact_name}" if row.contact_name else ""
    return {
        ContactMode.PHONE: f"Appelez maintenant le {show_phone(row.contact_phone)}{who}.",
        ContactMode.IN_PERSON: f"Présentez-vous dans l’entreprise{who}. L’adresse est sur votre demande.",
    }.get(row.contact_mode, "Vous recevrez sa réponse par e-mail.")


async def _message(session: Session, row: DiscussionRow, kind: Letter, work: Work) -> str:
    """The message a letter carries: that of its payload, the refusal's words, or the request's own."""
    if kind.template == "discussion_rejected":
        return row.reason_text
    thread = await discussions.messages(session, row.id)
    wanted = work.payload.get("message")
    if wanted is not None:
        return next((one.body for one in thread if one.id == wanted), "")
    return next((one.body for one in thread if one.side is Side.CANDIDATE), "")


async def _files(session: Session, work: Work) -> str:
    """That files came with the message: they are on the page, never in a mail."""
    message = work.payload.get("message")
    count = await inbound.count_attached(session, int(message)) if message is not None else 0
    if not count:
        return ""
    return f"{count} fichiers sont joints" if count > 1 else "Un fichier est joint"


JOBS: dict[str, Callable[[Session, Tools, Work], Awaitable[None]]] = {
    job: partial(letter_mail, kind) for job, kind in sorted(LETTERS.items())
}
