"""The end of conventions: dropped, restricted, emptied of their names; and what an account leaves of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, cast, delete, func, or_, select, union, update

from data.queries.convention_force import in_force, last_day
from data.session import ReadSession, Session
from data.tables import (
    assessments,
    beneficiaries,
    convention_documents,
    convention_events,
    convention_reminders,
    convention_scans,
    convention_signatories,
    convention_versions,
    conventions,
    links,
)
from domain.convention import Status
from domain.convention_lines import Line

_c, _s, _d = conventions.c, convention_signatories.c, convention_documents.c
_e = convention_events.c
A_NIGHT = 1000
"""Conventions treated at once, so that a night ends in time; the next one goes on."""
_FORGOTTEN: dict[str, Any] = {
    **dict.fromkeys(("person_key", "person_email", "siret", "company_name", "aims_key"), ""),
    **dict.fromkeys(("status_reason", "deposit_receipt"), ""),
    **dict.fromkeys(("terms", "birth_date", "company_id", "discussion_id", "beneficiary_id"), None),
    **dict.fromkeys(("counsellor_id", "created_by", "validated_by", "deposited_by"), None),
}
"""What names somebody, or leads to them; what statistics count stays."""


def _mine(user: UUID, email: str) -> ColumnElement[bool]:
    """By their file or by their address: each is asked of its own index, which one condition could not be."""
    one = conventions.alias("one")
    file = select(beneficiaries.c.id).where(beneficiaries.c.user_id == user)
    by_file = select(one.c.id).where(one.c.beneficiary_id.in_(file))
    by_email = select(one.c.id).where(func.lower(one.c.person_email) == email)
    return _c.id.in_(union(by_file, by_email))


@dataclass(frozen=True, slots=True)
class Theirs:
    """A convention of a person, as their account that goes asks about it."""

    id: UUID
    status: Status
    department: str
    ends_on: date | None
    archived: bool


async def of_person(session: ReadSession, user: UUID, email: str) -> Sequence[Theirs]:
    """Every convention of the person that still names them, in the order of their ids."""
    archived = _c.archived_at.is_not(None).label("archived")
    query = select(_c.id, _c.status, _c.department, _c.ends_on, archived)
    rows = await session.execute(query.where(_mine(user, email), _c.anonymised_at.is_(None)).order_by(_c.id))
    return [Theirs(**{**row, "status": Status(row["status"])}) for row in rows.mappings()]


async def restrict(session: Session, ids: Sequence[UUID], now: datetime) -> None:
    """Archive these: opening them is told why."""
    await session.execute(update(conventions).where(_c.id.in_(ids)).values(archived_at=now))


def _withdrawn() -> ColumnElement[bool]:
    """Cancelled before any validation: only the end of its person's account does that."""
    return and_(_c.status == Status.CANCELLED.value, _c.validated_at.is_(None))


def _left() -> ColumnElement[bool]:
    """The account of its person was deleted while it went on."""
    said = select(_e.id).where(_e.convention_id == _c.id, _e.kind == Line.LEFT.value)
    return or_(_withdrawn(), said.exists())


async def _drop(session: Session, ids: Sequence[UUID]) -> int:
    """With all that is beside them, and the links that open them."""
    signatories = select(cast(_s.id, String)).where(_s.convention_id.in_(ids))
    await session.execute(delete(links).where(links.c.subject_id.in_(signatories)))
    await session.execute(delete(links).where(links.c.subject_id.in_([str(one) for one in ids])))
    await session.execute(delete(conventions).where(_c.id.in_(ids)))
    return len(ids)


async def _locked(session: Session, *old: ColumnElement[bool]) -> Sequence[UUID]:
    """A night's worth of these, locked as they are now: the one that somebody works on is left for later."""
    query = select(_c.id).where(*old).limit(A_NIGHT).with_for_update(of=conventions, skip_locked=True)
    return (await session.scalars(query)).all()


async def drop_drafts(session: Session, before: datetime) -> int:
    """Drafts that nobody changed since, and what their person left unsigned; how many."""
    signed = select(_s.id).where(_s.convention_id == _c.id, _s.signed_at.is_not(None))
    unsigned = and_(_withdrawn(), ~signed.exists())
    old = (or_(_c.status == Status.DRAFT.value, unsigned), _c.updated_at < before)
    return await _drop(session, await _locked(session, *old))


async def to_drop(session: Session, before: datetime) -> Sequence[UUID]:
    """Those that insured nobody, unmoved since: refused, abandoned, cancelled before their start; locked."""
    old = (_c.status != Status.DRAFT.value, ~in_force, _c.status_at < before)
    return await _locked(session, *old, _c.anonymised_at.is_(None))


async def drop(session: Session, ids: Sequence[UUID]) -> int:
    """Remove conventions whole; how many."""
    return await _drop(session, ids)


async def files_of(session: ReadSession, ids: Iterable[UUID]) -> Sequence[str]:
    """Keys of the sealed files of conventions: their SHA-256, in hexadecimal."""
    query = select(_d.sealed_sha256).where(_d.convention_id.in_(list(ids))).order_by(_d.sealed_sha256)
    return [one.hex() for one in (await session.execute(query)).scalars()]


async def archive(session: Session, ended_before: date, left_before: date, now: datetime) -> int:
    """Restrict what insured somebody and ended before a day; before another if they left; how many."""
    insured = and_(in_force, last_day < ended_before)
    left = and_(_left(), _c.ends_on < left_before)
    old = update(conventions).where(_c.archived_at.is_(None), or_(insured, left))
    return len((await session.execute(old.values(archived_at=now).returning(_c.id))).all())


async def to_anonymise(session: Session, ended_before: date) -> Sequence[UUID]:
    """The archived ones that ended before that day, locked."""
    old = (_c.archived_at.is_not(None), _c.anonymised_at.is_(None), last_day < ended_before)
    return await _locked(session, in_force, *old)


async def anonymise(session: Session, ids: Sequence[UUID], now: datetime) -> int:
    """Empty them of what names anybody: facts and seals stay, and the chain of each still verifies."""
    for statement in (
        update(convention_versions).where(convention_versions.c.convention_id.in_(ids)).values(terms=None),
        update(convention_events)
        .where(convention_events.c.convention_id.in_(ids))
        .values(told=None, salt=None),
        update(convention_documents).where(_d.convention_id.in_(ids)).values(data=None, tail=None),
        update(convention_signatories)
        .where(_s.convention_id.in_(ids))
        .values(email="", phone="", attested_by=None),
        update(assessments)
        .where(assessments.c.convention_id.in_(ids))
        .values(no_show_reason="", feedback=None, advice=None, skills=None, person_feedback=None),
        delete(convention_scans).where(convention_scans.c.convention_id.in_(ids)),
        delete(convention_reminders).where(convention_reminders.c.convention_id.in_(ids)),
        update(conventions).where(_c.id.in_(ids)).values(**_FORGOTTEN, anonymised_at=now),
    ):
        await session.execute(statement)
    return len(ids)
