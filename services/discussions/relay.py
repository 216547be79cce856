"""Answers by mail: kept once in the transaction that takes them, handed on by a job, refused with a reason.

Nobody's address crosses: only the words and the files of an answer are kept. What a machine wrote, and what
its sender did not write, ends without a word; a person is told why, once a day at most.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from clients.pdf import fault_of
from data.queries import company_rights, discussions, inbound, referents
from data.queries.discussions import DiscussionRow
from data.queries.inbound import Attached, Received
from data.session import ReadSession, Session
from domain.attachments import MAX_BYTES, MAX_FILES, PDF, media_type, tidy_name
from domain.discussion import MAX_MESSAGE, Move, Side, moves
from domain.inbound import (
    EXPLAINED,
    InboundMail,
    Outcome,
    UnreadableError,
    message_id_of,
    read_headers,
    read_item,
    read_mime,
)
from domain.inbound_machines import automatic, spoofed
from domain.mail_domains import domain_of
from domain.reply_text import reply_of
from domain.values import clean_line
from services.addresses import address_hash
from services.discussions.deciding import wrote
from services.emails import Mail, address_of, send
from services.followups import Event, follow
from services.work import Tools, Work

log = structlog.get_logger()
PROCESS, EXPLAIN = "inbound.process", "inbound.explain_mail"
EXPLAINED_EVERY = timedelta(days=1)
_THREAD = 100_000
"""A longer mail is read beside the event loop."""
_NO_WORDS = "(Message sans texte.)"
_NAMES_TOLD = 5
REASONS = {
    Outcome.STRANGER: (
        "Vous n’avez pas écrit depuis l’adresse à laquelle Escale vous écrit : nous ne pouvons pas savoir "
        "qui vous êtes. Répondez depuis cette adresse, ou ouvrez la page de la demande."
    ),
    Outcome.CLOSED: (
        "Cette demande d’immersion est close : on ne peut plus y écrire. Ouvrez la page de la demande "
        "pour voir ce que vous pouvez faire."
    ),
    Outcome.TOO_LONG: (
        f"Votre message dépasse {MAX_MESSAGE} caractères. Envoyez-le de nouveau en plus court, ou en "
        "plusieurs messages."
    ),
    Outcome.EMPTY: (
        "Nous n’avons trouvé dans votre message ni texte ni fichier à transmettre. Écrivez votre réponse "
        "au-dessus du message auquel vous répondez."
    ),
    Outcome.UNREADABLE: (
        "Votre message est abîmé : nous n’avons pas pu le lire. Envoyez-le de nouveau, ou écrivez depuis "
        "la page de la demande."
    ),
}


def address_in(text: str, relay_domain: str) -> str:
    """The local part of an address of the relay; empty for any other address."""
    local, _, domain = text.strip().strip("<>").rpartition("@")
    return local.lower() if relay_domain and domain.lower() == relay_domain.lower() else ""


async def is_known(session: ReadSession, local_part: str) -> bool:
    """Whether an address of the relay reaches somebody."""
    return await discussions.is_reached(session, local_part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail for one address of the relay: `mime` as a server hands it over, or a `brevo` item as JSON."""

    source: str
    recipient: str
    content: bytes
    message_id: str = ""
    null_sender: bool = False


async def take(session: Session, mail: Arrived, now: datetime) -> bool:
    """Keep a mail, to be handed on by a job; False when it was taken already.

    It is known by its Message-ID and recipient; by its content when it has none.
    """
    identity = mail.message_id
    if not identity and mail.source == "mime":
        identity = message_id_of(read_headers(mail.content))
    seed = identity.encode(errors="surrogateescape") or mail.content
    kept = Received(
        received_hash=hashlib.sha256(seed + b"\0" + mail.recipient.encode()).digest(),
        source=mail.source,
        recipient=mail.recipient,
        null_sender=mail.null_sender,
        content=mail.content,
    )
    added = await inbound.add(session, kept, now)
    if added is not None:
        await follow(session, Event.MAIL_RECEIVED, inbound=added)
    return added is not None


class _EndedError(Exception):
    """A mail is not handed on."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


async def process(session: Session, tools: Tools, work: Work) -> None:
    """Hand a mail on, or end it with what it was; safe to repeat."""
    number = int(work.payload["inbound"])
    kept = await inbound.lock_waiting(session, number)
    if kept is None:
        return
    sender = ""
    try:
        mail = await _read(kept)
        sender = mail.sender
        await _hand_on(session, tools, kept, mail, work.now)
        outcome = Outcome.DELIVERED
    except _EndedError as ended:
        outcome = ended.outcome
    except UnreadableError:
        outcome = Outcome.UNREADABLE
    await inbound.end(session, number, outcome, work.now)
    log.info("inbound.ended", outcome=outcome.value)
    if outcome in EXPLAINED and sender:
        digest = address_hash(tools.secret_key, sender)
        since = work.now - EXPLAINED_EVERY
        if await inbound.explain(session, number, sender, digest, since, work.now):
            await follow(session, Event.MAIL_NOT_HANDED_ON, inbound=number)


async def _read(kept: Received) -> InboundMail:
    read = read_item if kept.source == "brevo" else read_mime
    return await asyncio.to_thread(read, kept.content) if len(kept.content) > _THREAD else read(kept.content)


async def _hand_on(session: Session, tools: Tools, kept: Received, mail: InboundMail, now: datetime) -> None:
    """Write a mail's message in the thread; raises `_EndedError` when it ends otherwise."""
    _check_written_by_its_sender(tools, kept, mail)
    found = await discussions.lock_by_address(session, kept.recipient)
    if found is None:
        raise _EndedError(Outcome.UNKNOWN)
    row, reached = found
    side = Side.COMPANY if reached is Side.CANDIDATE else Side.CANDIDATE
    writers = await writers_of(session, row, side)
    if mail.sender not in writers:
        raise _EndedError(Outcome.STRANGER)
    if Move.WRITE not in moves(row.status, side):
        raise _EndedError(Outcome.CLOSED)
    body, files = await _contents(tools, mail)
    message = await discussions.write(
        session,
        row.id,
        side,
        writers[mail.sender],
        body,
        now,
        channel="mail",
        received_id=kept.received_hash.hex(),
    )
    for file in files:
        await inbound.attach(session, row.id, message, file, now)
    await wrote(session, row, side, message, now)


def _check_written_by_its_sender(tools: Tools, kept: Received, mail: InboundMail) -> None:
    our_domain = domain_of(address_of(tools.mail_from))
    machine = automatic(mail.headers, our_domain, null_sender=kept.null_sender)
    if machine is not None:
        raise _EndedError(machine)
    if spoofed(mail.headers, tools.relay_authserv):
        raise _EndedError(Outcome.SPOOFED)


async def writers_of(session: ReadSession, row: DiscussionRow, side: Side) -> dict[str, UUID | None]:
    """The addresses whose mails are taken for that side's, with their accounts."""
    if side is Side.CANDIDATE:
        around = await referents.referents(session, row.beneficiary_id)
        found = {one.email: one.user for one in around}
        found |= {row.agent_email: row.agent_id} if row.agent_id else {}
        people: dict[str, UUID | None] = {**found, row.person_email: row.person_user}
    else:
        team = await company_rights.team(session, row.company_id)
        people = {row.contact_email: None} | {one.email: one.user for one in team if one.accepted}
    return {email.lower(): user for email, user in people.items() if email}


async def _contents(tools: Tools, mail: InboundMail) -> tuple[str, list[Attached]]:
    """The message as the other side reads it, with its files; what may not be handed on is named in it."""
    words = await asyncio.to_thread(_words, mail) if len(mail.html) > _THREAD else _words(mail)
    if len(words) > MAX_MESSAGE:
        raise _EndedError(Outcome.TOO_LONG)
    body = _without_addresses(words, tools, mail.sender)
    files, refused = await _files(tools, mail)
    if not (body or files):
        raise _EndedError(Outcome.EMPTY)
    told = _refused(refused) if refused else ""
    return f"{body or _NO_WORDS}\n\n{told}".strip(), files


async def _files(tools: Tools, mail: InboundMail) -> tuple[list[Attached], list[str]]:
    """The files handed on, and the names of the others."""
    files: list[Attached] = []
    refused: list[str] = []
    for one in mail.files:
        room = len(files) < MAX_FILES
        content = await tools.inbound_files.fetch(one.token, MAX_BYTES) if room and one.token else one.content
        kind = media_type(content) if room else ""
        if kind and not (kind == PDF and await fault_of(content)):
            files.append(Attached(tidy_name(one.name, kind), kind, content))
        else:
            refused.append(clean_line(one.name)[:60] or "sans nom")
    return files, refused


def _words(mail: InboundMail) -> str:
    return reply_of(mail.words)


def _without_addresses(text: str, tools: Tools, sender: str) -> str:
    """Without our links, one of which may answer for its reader, nor the addresses of relay and sender."""
    text = re.sub(re.escape(tools.public_url) + r"\S*", "", text)
    if tools.relay_domain:
        text = re.sub(r"[^\s<>]{0,64}@" + re.escape(tools.relay_domain), "", text, flags=re.IGNORECASE)
    return re.sub(re.escape(sender), "(adresse retirée)", text, flags=re.IGNORECASE).strip()


def _refused(names: list[str]) -> str:
    listed = ", ".join(name for name in names[:_NAMES_TOLD])
    if len(names) == 1:
        return f"[Un fichier n’a pas été transmis : {listed}.]"
    return f"[{len(names)} fichiers n’ont pas été transmis : {listed}.]"


async def explain_mail(session: Session, tools: Tools, work: Work) -> None:
    """Tell a sender why their mail was not handed on."""
    number = int(work.payload["inbound"])
    told = await inbound.explained(session, number)
    if told is None or not told.sender or told.outcome not in REASONS:
        return
    mail = Mail(
        template="relay_not_handed_on",
        subject_id=str(number),
        recipient=told.sender,
        context={"reason": REASONS[told.outcome]},
    )
    await inbound.forget_sender(session, number)
    await send(session, tools, work, mail)
