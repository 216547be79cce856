"""The story of a convention: each move writes a line that seals the one before (`domain.chain`)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from data.queries import convention_story
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.chain import SALT_BYTES, START, Break, ChainKeys, Entry, breaks, hash_told, seal
from services.work import Tools, Work


class Line(StrEnum):
    """What happened; the label is the beginning of the line people read."""

    STARTED = "started"
    SUBMITTED = "submitted"
    EDITED = "edited"
    OPENED = "opened"
    CODE_SENT = "code_sent"
    SIGNED = "signed"
    SIGNED_ON_PAPER = "signed_on_paper"
    PRE_APPROVED = "pre_approved"
    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    RENEWED = "renewed"
    TUTOR_CHANGED = "tutor_changed"
    REMINDED = "reminded"
    SEALED = "sealed"
    DEPOSITED = "deposited"
    ASSESSED = "assessed"
    ASSESSMENT_AGREED = "assessment_agreed"
    ARCHIVED_READ = "archived_read"


LINE_LABELS = {
    Line.STARTED: "Brouillon commencé",
    Line.SUBMITTED: "Convention envoyée à signer",
    Line.EDITED: "Convention modifiée : les signatures sont à refaire",
    Line.OPENED: "Document ouvert pour lecture",
    Line.CODE_SENT: "Code de signature envoyé",
    Line.SIGNED: "Signature",
    Line.SIGNED_ON_PAPER: "Signature sur papier, attestée",
    Line.PRE_APPROVED: "Pré-validation",
    Line.VALIDATED: "Validation, signature de la structure prescriptrice",
    Line.REJECTED: "Refus",
    Line.CANCELLED: "Annulation",
    Line.EXPIRED: "Abandon : la date de fin est passée depuis un mois",
    Line.TRANSFERRED: "Transmission à une autre structure",
    Line.RENEWED: "Renouvellement",
    Line.TUTOR_CHANGED: "Changement de tuteur ou de tutrice",
    Line.REMINDED: "Rappel envoyé",
    Line.SEALED: "Document scellé",
    Line.DEPOSITED: "Dépôt auprès de l’État enregistré",
    Line.ASSESSED: "Bilan de l’entreprise",
    Line.ASSESSMENT_AGREED: "Bilan de la personne accueillie",
    Line.ARCHIVED_READ: "Archive consultée",
}


@dataclass(frozen=True, slots=True)
class Office:
    """Where conventions are worked on: one transaction, the keys, the clock of the door."""

    session: Session
    keys: ChainKeys
    secret_key: str
    now: datetime


def office_of(session: Session, tools: Tools, work: Work) -> Office:
    """The same, for a job."""
    return Office(session, ChainKeys(tools.chain_keys, tools.secret_key), tools.secret_key, work.now)


@dataclass(frozen=True, slots=True)
class Said:
    """What one line says. `facts` names nobody; `told` may, and is what anonymising empties."""

    line: Line
    facts: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


async def tell(office: Office, row: ConventionRow, said: Said) -> bytes:
    """Write one line; its seal. The convention's row is locked."""
    number = await convention_story.last_number(office.session, row.id) + 1
    salt = secrets.token_bytes(SALT_BYTES) if said.told else None
    entry = Entry(
        convention=row.id,
        number=number,
        at=office.now.astimezone(UTC),
        kind=said.line.value,
        version=row.version,
        facts=dict(said.facts),
        told=dict(said.told) or None,
        salt=salt,
        told_hash=hash_told(said.told, salt) if salt else START,
        key=office.keys.first,
    )
    before = await convention_story.head(office.session, row.id)
    sealed = replace(entry, mac=seal(entry, before, office.keys.by_id[office.keys.first]))
    await convention_story.add(office.session, sealed)
    return sealed.mac


async def faults(session: ReadSession, row: ConventionRow, keys: ChainKeys) -> tuple[Break, ...]:
    """What in the story does not agree with its seals; empty when it is whole."""
    return breaks(await convention_story.entries(session, row.id), row.chain_head, keys.by_id)
