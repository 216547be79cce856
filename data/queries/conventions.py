"""Conventions: one row with its agency, locked before a decision, changed in one place."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    ARRAY,
    Date,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    false,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from data.queries import convention_signatories
from data.queries.constants import all_written, written
from data.queries.convention_force import last_day, stopped
from data.queries.convention_signatories import SignatoryRow
from data.session import ReadSession, Session
from data.tables import agencies, assessments, companies, convention_versions, conventions, referrals
from data.tables import convention_signatories as signatories
from domain.agency import AgencyStatus, Standing, can_validate
from domain.chain import START, Head, canonical
from domain.convention import LIVE, Kind, Status
from domain.terms import Terms

_c, _a, _s, _g = conventions.c, agencies.c, assessments.c, signatories.c
_renewing = conventions.alias("renewing")
_validates = agencies.alias("validates")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConventionRow:
    """One convention as its pages and mails need it. `terms` is None once anonymised.

    `agency`: the prescriber's name, empty while none is chosen, as how it is reached; `two_step` is its own.
    `referred_status`, `referred_delegation_ends_on`: those of the agency that validates for it, if it refers
    to one. `assessed`: somebody wrote in its assessment; `answered`: the person answered the company.
    """

    id: UUID
    reference: str
    kind: Kind
    status: Status
    status_at: datetime
    status_reason: str
    version: int
    terms: Terms | None
    terms_sha256: bytes | None
    chain_head: bytes
    chain_end: bytes | None
    agency_id: int | None
    agency: str
    agency_phone: str
    agency_email: str
    agency_status: AgencyStatus | None
    two_step: bool
    delegation_ends_on: date | None
    refers_to: int | None
    referred_status: AgencyStatus | None
    referred_delegation_ends_on: date | None
    company_id: int | None
    discussion_id: UUID | None
    beneficiary_id: UUID | None
    counsellor_id: UUID | None
    renews: UUID | None
    starts_on: date | None
    ends_on: date | None
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    validated_at: datetime | None
    validated_by: UUID | None
    deposited_at: datetime | None
    deposit_receipt: str
    archived_at: datetime | None
    anonymised_at: datetime | None
    assessed: bool
    answered: bool
    renewed: bool
    signatories: tuple[SignatoryRow, ...]
    """As they were when the row was read."""

    @property
    def head(self) -> Head:
        """Where its story ends."""
        return Head(self.chain_head, self.chain_end)

    def agency_validates(self, day: date) -> bool:
        """Whether the prescriber, or who validates for it, may validate on that day; nobody's may not."""
        if self.agency_status is None:
            return False
        own, other = Standing(status=self.agency_status, delegation_ends_on=self.delegation_ends_on), None
        if self.referred_status is not None:
            ends_on = self.referred_delegation_ends_on
            other = Standing(status=self.referred_status, delegation_ends_on=ends_on)
        return can_validate(own, day, referred=other)

    @property
    def document(self) -> Terms:
        """The document; raises `ValueError` once anonymised, which nobody reaches by a page."""
        if self.terms is None:
            raise ValueError("anonymised")
        return self.terms


_NOT_RENEWING = all_written((Status.DRAFT, Status.REJECTED, Status.CANCELLED, Status.EXPIRED))
_UNREAD = {
    *("person_key", "birth_date", "person_email", "siret", "company_name", "search_key", "rome"),
    "department",
    *("objective", "aims_key", "age", "days", "minutes", "deposited_by"),
}
_OWN = tuple(column for column in _c if column.name not in _UNREAD)


def _rows() -> Select[Any]:
    renewed = exists().where(_renewing.c.renews == _c.id, _renewing.c.status.not_in(_NOT_RENEWING))
    # An unnamed row: what a name stands for would be kept by the driver after a migration changed it.
    signing = select(func.row(*convention_signatories.COLUMNS)).where(_g.convention_id == _c.id)
    return (
        select(
            *_OWN,
            func.coalesce(_a.name, written("")).label("agency"),
            func.coalesce(_a.contact_phone, written("")).label("agency_phone"),
            func.coalesce(_a.contact_email, written("")).label("agency_email"),
            _a.status.label("agency_status"),
            func.coalesce(_a.two_step, false()).label("two_step"),
            _a.delegation_ends_on,
            _a.refers_to,
            _validates.c.status.label("referred_status"),
            _validates.c.delegation_ends_on.label("referred_delegation_ends_on"),
            _s.convention_id.is_not(None).label("assessed"),
            _s.person_agrees.is_not(None).label("answered"),
            renewed.label("renewed"),
            func.array(signing.scalar_subquery()).label("signatories"),
        )
        .select_from(conventions)
        .outerjoin(agencies, _a.id == _c.agency_id)
        .outerjoin(_validates, _validates.c.id == _a.refers_to)
        .outerjoin(assessments, _s.convention_id == _c.id)
    )


_BY_ID = _rows().where(_c.id == bindparam("convention"))
_BY_REFERENCE = _rows().where(_c.reference == bindparam("reference"))
_CHANGE = update(conventions).where(_c.id == bindparam("changed"))
_LOCK = select(_c.id).where(_c.id == bindparam("convention")).with_for_update()
_OF_SIGNATORY = _c.id == select(_g.convention_id).where(_g.id == bindparam("signatory")).scalar_subquery()
_BY_SIGNATORY = _rows().where(_OF_SIGNATORY)
_LOCK_BY_SIGNATORY = select(_c.id).where(_OF_SIGNATORY).with_for_update()


def _row(row: Mapping[Any, Any]) -> ConventionRow:
    values = dict(row)
    kept = values.pop("terms")
    for name in ("agency_status", "referred_status"):
        values[name] = AgencyStatus(values[name]) if values[name] else None
    return ConventionRow(
        **{
            **values,
            "kind": Kind(values["kind"]),
            "status": Status(values["status"]),
            "signatories": convention_signatories.in_order(values["signatories"]),
            "terms": read_terms(kept) if kept is not None else None,
        }
    )


def read_terms(kept: object) -> Terms:
    """A document as JSON keeps it."""
    return msgspec.convert(kept, Terms)


def plain(terms: Terms) -> Any:  # noqa: ANN401 - a JSON value
    """The document as JSON: mappings, lists, texts, numbers."""
    return msgspec.to_builtins(terms)


def canonical_terms(terms: Terms) -> bytes:
    """The one way a document is written down: what is hashed, and kept as it was signed."""
    return canonical(plain(terms))


async def by_id(session: ReadSession, convention: UUID) -> ConventionRow | None:
    """One convention."""
    row = (await session.execute(_BY_ID, {"convention": convention})).mappings().one_or_none()
    return _row(row) if row else None


async def by_reference(session: ReadSession, reference: str) -> ConventionRow | None:
    """The convention of a paper or of a QR code."""
    row = (await session.execute(_BY_REFERENCE, {"reference": reference})).mappings().one_or_none()
    return _row(row) if row else None


async def lock(session: Session, convention: UUID) -> ConventionRow | None:
    """One convention, its row locked until the end of the transaction.

    Read by a second statement, which sees all that was committed while the first waited.
    """
    await session.execute(_LOCK, {"convention": convention})
    return await by_id(session, convention)


async def by_signatory(session: ReadSession, signatory: UUID) -> ConventionRow | None:
    """The convention that somebody signs."""
    row = (await session.execute(_BY_SIGNATORY, {"signatory": signatory})).mappings().one_or_none()
    return _row(row) if row else None


async def lock_by_signatory(session: Session, signatory: UUID) -> ConventionRow | None:
    """The same, locked as by `lock`."""
    found = (await session.execute(_LOCK_BY_SIGNATORY, {"signatory": signatory})).scalar_one_or_none()
    return await by_id(session, found) if found else None


async def create(session: Session, values: Mapping[str, Any], now: datetime) -> UUID:
    """A draft; its id."""
    stamps = {"status_at": now, "created_at": now, "updated_at": now, "chain_head": START}
    query = insert(conventions).values(**values, **stamps).returning(_c.id)
    found: UUID = (await session.execute(query)).scalar_one()
    return found


async def change(session: Session, convention: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Change some columns; a new status is stamped."""
    stamped = {"status_at": now} if "status" in values else {}
    await session.execute(_CHANGE, {**values, **stamped, "updated_at": now, "changed": convention})


_KEPT = ("convention_id", "version", "terms", "sha256", "at")
_KEEP = upsert(convention_versions).values({name: bindparam(f"kept_{name}") for name in _KEPT})
_HOST = select(companies.c.id).where(companies.c.siret == bindparam("host")).scalar_subquery()
_SEND = _CHANGE.values(company_id=_HOST).add_cte(_KEEP.on_conflict_do_nothing().cte("kept"))


async def send(
    session: Session, convention: UUID, values: Mapping[str, Any], document: bytes, now: datetime
) -> bytes:
    """Change columns (`siret`, `version` and `status` among them), keep the document as sent; its hash.

    The company of that SIRET, if we know it, becomes the convention's.
    """
    sha256 = hashlib.sha256(document).digest()
    kept = zip(_KEPT, (convention, values["version"], document.decode(), sha256, now), strict=True)
    stamped = {**values, "terms_sha256": sha256, "status_at": now, "updated_at": now}
    asked = {"changed": convention, "host": values["siret"], **{f"kept_{name}": one for name, one in kept}}
    await session.execute(_SEND, stamped | asked)
    return sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Another convention of the same person in the same company, less than a year old.

    `live`: sent and not ended by a decision; else it was stopped after its start, on `ends_on`.
    """

    id: UUID
    kind: Kind
    reference: str
    starts_on: date
    ends_on: date
    objective: str
    aims_key: str
    renews: UUID | None
    live: bool


@dataclass(frozen=True, slots=True)
class Same:
    """Who and where: the same person is known by names and birth date, or by their address."""

    siret: str
    person_key: str
    birth_date: date | None
    email: str


_BORN = bindparam("birth_date", type_=Date)
_COUNTED = LIVE | {Status.CANCELLED}
"""As the indexes by company and person have it."""
_live = _c.status != written(Status.CANCELLED)
_KIN = (
    select(
        *(_c[name] for name in ("id", "kind", "reference", "starts_on", "objective", "aims_key", "renews"))
    )
    .add_columns(last_day.label("ends_on"), _live.label("live"))
    .where(
        _c.siret == bindparam("siret"),
        or_(
            and_(_c.person_key == bindparam("person_key"), _c.birth_date.is_not_distinct_from(_BORN)),
            _c.person_email == bindparam("email"),
        ),
        _c.id != bindparam("but"),
    )
    .where(_c.status.in_(all_written(_COUNTED)), or_(_live, stopped))
    .where(last_day >= bindparam("since"))
    .order_by(_c.starts_on)
)
_key = func.unnest(bindparam("keys", type_=ARRAY(Text))).column_valued("key")
_SERIALISE = select(func.pg_advisory_xact_lock(func.hashtextextended(_key, 0)))


async def kin(session: ReadSession, same: Same, since: date, but: UUID) -> Sequence[Kin]:
    """Those live, or stopped once begun, that ended since that day; the oldest first, without `but`."""
    asked = {
        "siret": same.siret,
        "person_key": same.person_key,
        "birth_date": same.birth_date,
        "email": same.email or None,
        "since": since,
        "but": but,
    }
    found = (await session.execute(_KIN, asked)).mappings()
    return [Kin(**{**row, "kind": Kind(row["kind"])}) for row in found]


async def serialise(session: Session, same: Same) -> None:
    """Wait for whoever sends another one of this person to this company; held until the transaction ends."""
    keys = (f"{same.siret}:{same.person_key}", f"{same.siret}:{same.email}")
    known = sorted({one for one in keys if not one.endswith(":")})  # taken in that order: no deadlock
    if known:
        await session.execute(_SERIALISE, {"keys": known})


async def current_referral(session: ReadSession, beneficiary: UUID, agency: int) -> UUID | None:
    """Who accompanies that person in that agency now."""
    _r = referrals.c
    query = select(_r.user_id).where(
        _r.beneficiary_id == beneficiary, _r.agency_id == agency, _r.until.is_(None)
    )
    found: UUID | None = (await session.execute(query.order_by(_r.since).limit(1))).scalar_one_or_none()
    return found


async def draft_renewing(session: ReadSession, convention: UUID) -> UUID | None:
    """The draft that renews a convention, if one is being written."""
    query = select(_c.id).where(_c.renews == convention, _c.status == Status.DRAFT).order_by(_c.created_at)
    found: UUID | None = (await session.execute(query.limit(1))).scalar_one_or_none()
    return found
