"""Who accompanies whom: people's files, the referrals that open them, the searches made for them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, and_, exists, func, insert, not_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from data.queries.links import hash_token
from data.session import ReadSession, Session
from data.tables import (
    agencies,
    agency_rights,
    audit,
    beneficiaries,
    consents,
    passports,
    person_searches,
    referrals,
    users,
)
from domain.roles import PERMISSIONS, Permission, Role

_r, _b, _u, _p = referrals.c, beneficiaries.c, users.c, person_searches.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRow:
    """One person accompanied by one agent of an agency; `consented_at` is None until the person agrees.

    `claimed` says whether the person has an account of their own.
    """

    id: int
    beneficiary_id: UUID
    agency_id: int
    user_id: UUID
    since: datetime
    until: datetime | None
    consented_at: datetime | None
    end_reason: str
    first_name: str
    last_name: str
    email: str
    claimed: bool
    agency: str
    agent: str
    skills: int
    """How many skills their passport holds."""

    @property
    def name(self) -> str:
        """The person's name as the agent knows it."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def current(self) -> bool:
        """Whether it opens the person's file."""
        return self.until is None and self.consented_at is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSearch:
    """A search made with or for a person: the query of its address, and how many hits it had."""

    query: str
    total: int
    searched_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where both sides are written to; the person's is empty when none is known."""

    person: str
    agent: str


def _rows() -> Select[tuple[object, ...]]:
    agent = func.trim(func.concat(_u.first_name, " ", _u.last_name))
    return (
        select(
            *(_r[name] for name in ("id", "beneficiary_id", "agency_id", "user_id", "since", "until")),
            *(_r.consented_at, _r.end_reason, _b.first_name, _b.last_name, _b.email),
            _b.user_id.is_not(None).label("claimed"),
            agencies.c.name.label("agency"),
            func.coalesce(func.nullif(agent, ""), _u.email).label("agent"),
            func.coalesce(func.cardinality(passports.c.skills), 0).label("skills"),
        )
        .select_from(referrals)
        .join(beneficiaries, _b.id == _r.beneficiary_id)
        .join(agencies, agencies.c.id == _r.agency_id)
        .join(users, _u.id == _r.user_id)
        .outerjoin(passports, passports.c.beneficiary_id == _b.id)
    )


async def _read(session: ReadSession, query: Select[tuple[object, ...]]) -> tuple[ReferralRow, ...]:
    return tuple(ReferralRow(**row) for row in (await session.execute(query)).mappings())


async def of_agent(session: ReadSession, user: UUID, agency_ids: Sequence[int]) -> tuple[ReferralRow, ...]:
    """People an agent accompanies in those agencies, or asked to, by name."""
    mine = and_(_r.user_id == user, _r.agency_id.in_(agency_ids), _r.until.is_(None))
    order = (func.lower(_b.last_name), func.lower(_b.first_name), _r.id)
    return await _read(session, _rows().where(mine).order_by(*order))


async def of_person(session: ReadSession, beneficiary: UUID) -> tuple[ReferralRow, ...]:
    """Who accompanies a person, who asks to, who did: the latest first."""
    return await _read(session, _rows().where(_r.beneficiary_id == beneficiary).order_by(_r.id.desc()))


async def by_id(session: ReadSession, referral: int) -> ReferralRow | None:
    """One referral, ended or not."""
    return next(iter(await _read(session, _rows().where(_r.id == referral))), None)


async def current_at(session: ReadSession, address: str) -> Sequence[int]:
    """The referrals in force of the person who is written to at that address."""
    person = users.alias("person")
    query = (
        select(_r.id)
        .join(beneficiaries, _b.id == _r.beneficiary_id)
        .outerjoin(person, person.c.id == _b.user_id)
        .where(
            func.lower(func.coalesce(person.c.email, _b.email)) == address.strip().lower(),
            _r.until.is_(None),
            _r.consented_at.is_not(None),
        )
        .order_by(_r.id)
    )
    return (await session.scalars(query)).all()


async def addresses(session: ReadSession, row: ReferralRow) -> Addresses:
    """Addresses of the two sides: the person's account, else what they told the agent."""
    person, agent = users.alias("person"), users.alias("agent")
    query = (
        select(func.coalesce(person.c.email, _b.email), agent.c.email)
        .select_from(beneficiaries)
        .outerjoin(person, person.c.id == _b.user_id)
        .join(agent, agent.c.id == row.user_id)
        .where(_b.id == row.beneficiary_id)
    )
    found = (await session.execute(query)).one()
    return Addresses(found[0], found[1])


async def lock(session: Session, referral: int) -> ReferralRow | None:
    """One referral, its row locked until the end of the transaction."""
    await session.execute(select(_r.id).where(_r.id == referral).with_for_update())
    return await by_id(session, referral)


async def current(session: ReadSession, beneficiary: UUID, user: UUID) -> ReferralRow | None:
    """The referral of that agent for that person that has not ended, agreed or not."""
    mine = (_r.beneficiary_id == beneficiary, _r.user_id == user, _r.until.is_(None))
    return next(iter(await _read(session, _rows().where(*mine))), None)


async def add_person(session: Session, values: dict[str, object], now: datetime) -> UUID:
    """A file, with its empty passport that no cookie opens, for a person without an account; gives its id."""
    statement = insert(beneficiaries).values(**values, created_at=now, updated_at=now).returning(_b.id)
    found: UUID = (await session.execute(statement)).scalar_one()
    await session.execute(
        insert(passports).values(
            token_hash=hash_token(secrets.token_urlsafe(32)),
            beneficiary_id=found,
            created_at=now,
            seen_at=now,
        )
    )
    return found


async def ensure_person(session: Session, user: UUID, values: dict[str, object], now: datetime) -> UUID:
    """The file of an account, made when it has none."""
    statement = upsert(beneficiaries).values(user_id=user, **values, created_at=now, updated_at=now)
    await session.execute(statement.on_conflict_do_nothing(index_elements=[_b.user_id]))
    found: UUID = (await session.execute(select(_b.id).where(_b.user_id == user))).scalar_one()
    return found


async def file_of(session: ReadSession, user: UUID) -> UUID | None:
    """The file of an account, if it has one."""
    found: UUID | None = await session.scalar(select(_b.id).where(_b.user_id == user))
    return found


async def account_of(session: ReadSession, email: str) -> tuple[UUID, str, str] | None:
    """Id, first and last name of the account of that address."""
    query = select(_u.id, _u.first_name, _u.last_name).where(_u.email == email)
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1], row[2]) if row else None


async def add(session: Session, values: dict[str, object]) -> int | None:
    """A referral; None when that agent has one with that person already."""
    statement = (
        upsert(referrals)
        .values(**values)
        .on_conflict_do_nothing(
            index_elements=[_r.beneficiary_id, _r.user_id], index_where=_r.until.is_(None)
        )
        .returning(_r.id)
    )
    found: int | None = (await session.execute(statement)).scalar_one_or_none()
    return found


async def agree(session: Session, referral: int, now: datetime) -> None:
    """The person agrees."""
    await session.execute(update(referrals).where(_r.id == referral).values(consented_at=now))


async def end(session: Session, referral: int, reason: str, now: datetime) -> None:
    """It opens nothing any more."""
    await session.execute(
        update(referrals).where(_r.id == referral, _r.until.is_(None)).values(until=now, end_reason=reason)
    )


async def note_search(
    session: Session, *, beneficiary: UUID, user: UUID | None, query: str, total: int, now: datetime
) -> None:
    """Keep a search made for a person; the same again is the latest one."""
    values = {"user_id": user, "total": total, "searched_at": now}
    statement = upsert(person_searches).values(beneficiary_id=beneficiary, query=query, **values)
    await session.execute(
        statement.on_conflict_do_update(index_elements=[_p.beneficiary_id, _p.query], set_=values)
    )


async def searches_of(session: ReadSession, beneficiary: UUID, limit: int = 20) -> tuple[PersonSearch, ...]:
    """The latest searches made for a person."""
    by = func.coalesce(func.nullif(func.trim(func.concat(_u.first_name, " ", _u.last_name)), ""), "")
    query = (
        select(_p.query, _p.total, _p.searched_at, by.label("by"))
        .outerjoin(users, _u.id == _p.user_id)
        .where(_p.beneficiary_id == beneficiary)
        .order_by(_p.searched_at.desc(), _p.id.desc())
        .limit(limit)
    )
    return tuple(PersonSearch(**row) for row in (await session.execute(query)).mappings())


async def colleagues(session: ReadSession, agency: int) -> tuple[tuple[UUID, str], ...]:
    """Accounts of an agency that may accompany, with the name they are shown by, in its order."""
    named = func.trim(func.concat(_u.first_name, " ", _u.last_name))
    name = func.coalesce(func.nullif(named, ""), _u.email)
    accompany = [role.value for role, may in PERMISSIONS.items() if Permission.ACCOMPANY in may]
    query = (
        select(_u.id, name)
        .join(agency_rights, agency_rights.c.user_id == _u.id)
        .where(agency_rights.c.agency_id == agency, agency_rights.c.roles.overlap(accompany))
        .order_by(func.lower(name), _u.id)
    )
    return tuple((row[0], row[1]) for row in await session.execute(query))


async def lock_person(session: Session, beneficiary: UUID) -> tuple[str, UUID | None] | None:
    """Last name and account of a file, locked until the end of the transaction."""
    query = select(_b.last_name, _b.user_id).where(_b.id == beneficiary).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row else None


async def claim(session: Session, beneficiary: UUID, user: UUID, now: datetime) -> None:
    """A file becomes that of an account which has none."""
    await session.execute(
        update(beneficiaries).where(_b.id == beneficiary).values(user_id=user, updated_at=now)
    )


async def agency_names(session: ReadSession, agency_ids: Sequence[int]) -> tuple[tuple[int, str], ...]:
    """Id and name of some agencies, by name."""
    a = agencies.c
    query = select(a.id, a.name).where(a.id.in_(agency_ids)).order_by(func.lower(a.name), a.id)
    return tuple((row[0], row[1]) for row in await session.execute(query))


async def rights_waiting(session: ReadSession, agency_ids: Sequence[int]) -> tuple[tuple[int, str, int], ...]:
    """Agencies where accounts wait for an answer: id, name, how many."""
    a, g = agencies.c, agency_rights.c
    query = (
        select(a.id, a.name, func.count())
        .join(agency_rights, g.agency_id == a.id)
        .where(a.id.in_(agency_ids), g.roles.contains([Role.TO_REVIEW.value]))
        .group_by(a.id, a.name)
        .order_by(a.id)
    )
    return tuple((row[0], row[1], row[2]) for row in await session.execute(query))


async def delegations_ending(
    session: ReadSession, agency_ids: Sequence[int], until: date
) -> tuple[tuple[int, str, date], ...]:
    """Agencies whose delegation ends before that day, or has ended: id, name, day."""
    a = agencies.c
    query = (
        select(a.id, a.name, a.delegation_ends_on)
        .where(a.id.in_(agency_ids), a.delegation_ends_on <= until)
        .order_by(a.delegation_ends_on, a.id)
    )
    return tuple((row[0], row[1], row[2]) for row in await session.execute(query))


async def move_person(session: Session, into: UUID, gone: UUID) -> None:
    """Give a person what another file of theirs holds beside its passport, then drop that file.

    Where both have the same (an agent, a consent, a search), their own stays.
    """
    kept = referrals.alias("kept")
    twice = select(kept.c.user_id).where(kept.c.beneficiary_id == into, kept.c.until.is_(None))
    current_twice = and_(_r.until.is_(None), _r.user_id.in_(twice))
    held_twice = {
        referrals: current_twice,
        consents: _held_twice(consents, into, "purpose", "target"),
        person_searches: _held_twice(person_searches, into, "query"),
    }
    for table, same in held_twice.items():
        mine = table.c.beneficiary_id == gone
        await session.execute(update(table).where(mine, not_(same)).values(beneficiary_id=into))
    await session.execute(update(audit).where(audit.c.beneficiary_id == gone).values(beneficiary_id=into))
    await session.execute(beneficiaries.delete().where(_b.id == gone))


def _held_twice(table: Table, into: UUID, *names: str) -> ColumnElement[bool]:
    kept = table.alias("kept")
    same = (table.c[name] == kept.c[name] for name in names)
    return exists(select(kept.c.id).where(kept.c.beneficiary_id == into, *same).correlate(table))
