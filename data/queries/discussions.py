"""Mises en relation: read with both sides, locked before a decision, their thread beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, insert, or_, select, update

from data.session import ReadSession, Session
from data.tables import (
    agencies,
    beneficiaries,
    companies,
    consents,
    discussion_messages,
    discussions,
    users,
)
from domain.discussion import Reason, Side, Status, Told
from domain.search import ContactMode, Objective

_d, _c, _b, _m = discussions.c, companies.c, beneficiaries.c, discussion_messages.c
_person, _agent = users.alias("person"), users.alias("agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscussionRow:
    """One request with its two sides, as every page and mail about it needs it.

    `person_email` is that of the person's account, empty while their file is not taken over;
    `agent_email` that of the agent who asked in their name.
    """

    id: UUID
    company_id: int
    siret: str
    company: str
    contact_name: str
    contact_email: str
    contact_phone: str
    contact_mode: ContactMode
    place: str
    offer_id: int | None
    rome: str
    label: str
    beneficiary_id: UUID
    person_user: UUID | None
    first_name: str
    last_name: str
    person_email: str
    agent_id: UUID | None
    agent_email: str
    agency_id: int | None
    agency: str
    status: Status
    status_at: datetime
    objective: Objective
    availability: Mapping[str, Any]
    phone: str
    reason: Reason | None
    reason_text: str
    until: date | None
    told: Told | None
    reached_at: datetime | None
    answered_at: datetime | None
    met_candidate: bool | None
    met_company: bool | None
    reported_at: datetime | None
    candidate_address: str
    company_address: str
    created_at: datetime
    updated_at: datetime

    @property
    def name(self) -> str:
        """The person's name."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def candidate_email(self) -> str:
        """Where the candidate's side is written to: the person, else who asked in their name."""
        return self.person_email or self.agent_email


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message of a thread; `body` is empty once wiped."""

    id: int
    side: Side
    channel: str
    body: str
    sent_at: datetime
    wiped: bool


_UNREAD = {"answered_by", "report_text", "report_closed_at", "shown_terms", "shown_position"}
_OWN = tuple(column for column in _d if column.name not in _UNREAD)


def _rows() -> Select[Any]:
    return (
        select(
            *_OWN,
            *(_c.siret, _c.contact_name, _c.contact_email, _c.contact_phone),
            func.coalesce(func.nullif(_c.custom_name, ""), _c.name).label("company"),
            *(_b.first_name, _b.last_name, _b.user_id.label("person_user")),
            func.coalesce(_person.c.email, "").label("person_email"),
            func.coalesce(_agent.c.email, "").label("agent_email"),
            func.coalesce(agencies.c.name, "").label("agency"),
        )
        .select_from(discussions)
        .join(companies, _c.id == _d.company_id)
        .join(beneficiaries, _b.id == _d.beneficiary_id)
        .outerjoin(_person, _person.c.id == _b.user_id)
        .outerjoin(_agent, _agent.c.id == _d.agent_id)
        .outerjoin(agencies, agencies.c.id == _d.agency_id)
    )


def _row(row: Mapping[Any, Any]) -> DiscussionRow:
    values = dict(row)
    values["status"] = Status(values["status"])
    values["contact_mode"] = ContactMode(values["contact_mode"])
    values["objective"] = Objective(values["objective"])
    values["reason"] = Reason(values["reason"]) if values["reason"] else None
    values["told"] = Told(values["told"]) if values["told"] else None
    return DiscussionRow(**values)


_BY_ID = _rows().where(_d.id == bindparam("discussion"))
_TO_ADDRESS = (
    _rows()
    .where(or_(_d.candidate_address == bindparam("address"), _d.company_address == bindparam("address")))
    .with_for_update(of=discussions)
)
"""Built once: building so wide a statement costs more than running it."""
_REACHES = select(_d.id).where(
    or_(_d.candidate_address == bindparam("address"), _d.company_address == bindparam("address"))
)


async def find(
    session: ReadSession, *where: ColumnElement[bool], limit: int = 1000
) -> tuple[DiscussionRow, ...]:
    """Discussions that answer to all the conditions, the latest first."""
    query = _rows().where(*where).order_by(_d.created_at.desc(), _d.id).limit(limit)
    return tuple(_row(row) for row in (await session.execute(query)).mappings())


async def by_id(session: ReadSession, discussion: UUID) -> DiscussionRow | None:
    """One discussion."""
    row = (await session.execute(_BY_ID, {"discussion": discussion})).mappings().one_or_none()
    return _row(row) if row else None


async def lock(session: Session, discussion: UUID) -> DiscussionRow | None:
    """One discussion, its row locked until the end of the transaction."""
    await session.execute(select(_d.id).where(_d.id == discussion).with_for_update())
    return await by_id(session, discussion)


async def is_reached(session: ReadSession, local_part: str) -> bool:
    """Whether an opaque address reaches somebody."""
    return (await session.execute(_REACHES, {"address": local_part})).first() is not None


async def lock_by_address(session: Session, local_part: str) -> tuple[DiscussionRow, Side] | None:
    """The discussion that an opaque address reaches, locked, and the side it reaches; None for none."""
    row = (await session.execute(_TO_ADDRESS, {"address": local_part})).mappings().one_or_none()
    if row is None:
        return None
    found = _row(row)
    return found, Side.CANDIDATE if found.candidate_address == local_part else Side.COMPANY


async def of_person(session: ReadSession, beneficiary: UUID) -> tuple[DiscussionRow, ...]:
    """The requests of a person, the latest first."""
    return await find(session, _d.beneficiary_id == beneficiary)


async def of_people(session: ReadSession, people: Sequence[UUID]) -> tuple[DiscussionRow, ...]:
    """The requests of several people, the latest first."""
    return await find(session, _d.beneficiary_id.in_(people))


async def of_company(session: ReadSession, company_id: int) -> tuple[DiscussionRow, ...]:
    """What reached a company, the latest first; nothing that a referent still has to validate."""
    return await find(session, _d.company_id == company_id, _d.reached_at.is_not(None))


async def open_of_company(session: ReadSession, company_id: int) -> tuple[DiscussionRow, ...]:
    """The requests to a company that wait for an answer or a referent."""
    return await find(
        session, _d.company_id == company_id, _d.status.in_((Status.AWAITING_REFERENT, Status.PENDING))
    )


async def lock_open_of_company(session: Session, company_id: int) -> None:
    """Lock these requests, before the company itself: answers lock them in that order."""
    waiting = _d.status.in_((Status.AWAITING_REFERENT, Status.PENDING))
    query = select(_d.id).where(_d.company_id == company_id, waiting).order_by(_d.id).with_for_update()
    await session.execute(query)


async def twin(
    session: ReadSession, beneficiary: UUID, company_id: int, rome: str, since: datetime
) -> UUID | None:
    """A request of the same person to the same company for the same job, open or later than `since`."""
    query = (
        select(_d.id)
        .where(
            _d.beneficiary_id == beneficiary,
            _d.company_id == company_id,
            _d.rome == rome,
            (_d.created_at > since) | _d.status.in_((Status.AWAITING_REFERENT, Status.PENDING)),
        )
        .order_by(_d.created_at.desc())
        .limit(1)
    )
    found: UUID | None = await session.scalar(query)
    return found


async def lock_person(session: Session, beneficiary: UUID) -> None:
    """Let one request of a person be decided on at a time."""
    await session.execute(select(_b.id).where(_b.id == beneficiary).with_for_update())


async def add(session: Session, values: Mapping[str, Any], now: datetime) -> UUID:
    """Write a request; its id."""
    times = {"status_at": now, "created_at": now, "updated_at": now}
    statement = insert(discussions).values(**values, **times).returning(_d.id)
    added: UUID = (await session.execute(statement)).scalar_one()
    return added


async def change(session: Session, discussion: UUID, values: Mapping[str, Any], now: datetime) -> None:
    """Write what changed, the status's moment with it when the status is among it."""
    times = {"updated_at": now, **({"status_at": now} if "status" in values else {})}
    await session.execute(update(discussions).where(_d.id == discussion).values(**values, **times))


_WRITTEN = ("discussion_id", "side", "author_id", "channel", "body", "received_id", "sent_at")
_WRITE = insert(discussion_messages).values({name: bindparam(name) for name in _WRITTEN}).returning(_m.id)


async def write(  # noqa: PLR0913 - one row, its columns
    session: Session,
    discussion: UUID,
    side: Side,
    author: UUID | None,
    body: str,
    now: datetime,
    *,
    channel: str = "page",
    received_id: str | None = None,
) -> int:
    """Add a message to the thread; its id."""
    values = {"discussion_id": discussion, "side": side, "author_id": author, "channel": channel}
    said = {"body": body, "received_id": received_id, "sent_at": now}
    added: int = (await session.execute(_WRITE, {**values, **said})).scalar_one()
    return added


_THREAD = (
    select(_m.id, _m.side, _m.channel, _m.body, _m.sent_at, _m.wiped_at.is_not(None).label("wiped"))
    .where(_m.discussion_id == bindparam("discussion"))
    .order_by(_m.sent_at, _m.id)
)


async def messages(session: ReadSession, discussion: UUID) -> tuple[MessageRow, ...]:
    """The thread, in its order."""
    rows = await session.execute(_THREAD, {"discussion": discussion})
    return tuple(MessageRow(**{**row, "side": Side(row["side"])}) for row in rows.mappings())


async def shares_passport(session: ReadSession, beneficiary: UUID, company_id: int) -> bool:
    """Whether the person lets that company read their passport, now."""
    current = exists().where(
        consents.c.beneficiary_id == beneficiary,
        consents.c.purpose == "passport_to_company",
        consents.c.target == str(company_id),
        consents.c.revoked_at.is_(None),
    )
    return bool(await session.scalar(select(current)))
