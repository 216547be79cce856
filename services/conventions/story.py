"""The story of a convention: each move writes a line that seals the one before (`domain.chain`)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from clients.sms import NoSms
from data.queries import convention_story
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.chain import (
    END_SEALED,
    SALT_BYTES,
    START,
    Break,
    ChainKeys,
    Entry,
    breaks,
    hash_told,
    seal,
    seal_end,
)
from domain.convention_lines import LINE_LABELS, Line
from services.work import Tools, Work

__all__ = ["LINE_LABELS", "Line", "Office", "Said", "faults", "office_of", "tell"]


@dataclass(frozen=True, slots=True)
class Office:
    """Where conventions are worked on: one transaction, the keys, the clock of the door."""

    session: Session
    keys: ChainKeys
    secret_key: str
    now: datetime
    texts: bool = False
    """Whether text messages are sent: without a provider nobody is told that one comes."""


def office_of(session: Session, tools: Tools, work: Work) -> Office:
    """The same, for a job."""
    keys = ChainKeys(tools.chain_keys, tools.secret_key)
    return Office(session, keys, tools.secret_key, work.now, not isinstance(tools.sms, NoSms))


@dataclass(frozen=True, slots=True)
class Said:
    """What one line says. `facts` names nobody; `told` may, and is what anonymising empties."""

    line: Line
    facts: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


async def tell(office: Office, row: ConventionRow, said: Said) -> bytes:
    """Write one line; its seal. The convention's row is locked."""
    number, before = await convention_story.last(office.session, row.id)
    salt = secrets.token_bytes(SALT_BYTES) if said.told else None
    entry = Entry(
        convention=row.id,
        number=number + 1,
        at=office.now.astimezone(UTC),
        kind=said.line.value,
        version=row.version,
        facts={**said.facts, **END_SEALED},
        told=dict(said.told) or None,
        salt=salt,
        told_hash=hash_told(said.told, salt) if salt else START,
        key=office.keys.first,
    )
    key = office.keys.by_id[office.keys.first]
    sealed = replace(entry, mac=seal(entry, before, key))
    await convention_story.add(office.session, sealed, seal_end(sealed, key))
    return sealed.mac


async def faults(session: ReadSession, row: ConventionRow, keys: ChainKeys) -> tuple[Break, ...]:
    """What in the story does not agree with its seals; empty when it is whole."""
    return breaks(await convention_story.entries(session, row.id), row.head, keys.by_id)
