"""The story of a convention: each move writes a line that seals the one before (`domain.chain`)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from data.queries import convention_story
from data.queries.conventions import ConventionRow
from data.session import ReadSession, Session
from domain.chain import SALT_BYTES, START, Break, ChainKeys, Entry, breaks, hash_told, seal
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
    number, before = await convention_story.last(office.session, row.id)
    salt = secrets.token_bytes(SALT_BYTES) if said.told else None
    entry = Entry(
        convention=row.id,
        number=number + 1,
        at=office.now.astimezone(UTC),
        kind=said.line.value,
        version=row.version,
        facts=dict(said.facts),
        told=dict(said.told) or None,
        salt=salt,
        told_hash=hash_told(said.told, salt) if salt else START,
        key=office.keys.first,
    )
    sealed = replace(entry, mac=seal(entry, before, office.keys.by_id[office.keys.first]))
    await convention_story.add(office.session, sealed)
    return sealed.mac


async def faults(session: ReadSession, row: ConventionRow, keys: ChainKeys) -> tuple[Break, ...]:
    """What in the story does not agree with its seals; empty when it is whole."""
    return breaks(await convention_story.entries(session, row.id), row.chain_head, keys.by_id)
